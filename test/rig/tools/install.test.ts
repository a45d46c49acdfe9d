import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { toolPath } from '../tools.ts';
import { installSet } from './install.ts';
import type { ToolSet } from './tool-set.ts';

let tools: string;
beforeEach(async () => {
  tools = join(await mkdtemp(join(tmpdir(), 'tools-')), 'sibling/tools');
});
afterEach(() => rm(join(tools, '../..'), { recursive: true }));

function set(install: (folder: string) => Promise<void>): ToolSet {
  return { name: 'saw', version: '1', programs: { saw: 'bin/saw' }, install };
}

const complete = set(async (folder) => {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin/saw'), 'sharp');
});

describe('installing a set', () => {
  test('makes its folder once', async () => {
    expect(await installSet(complete, tools)).toBe(true);
    expect(await readFile(join(tools, 'saw-1/bin/saw'), 'utf8')).toBe('sharp');
    expect(await installSet(complete, tools)).toBe(false);
    expect(await readdir(tools)).toEqual(['saw-1']);
  });

  test('that fails leaves nothing behind', async () => {
    const broken = set(async (folder) => {
      await mkdir(folder);
      throw new Error('no network');
    });
    await expect(installSet(broken, tools)).rejects.toThrow('no network');
    expect(await readdir(tools)).toEqual([]);
  });

  test('while another process finishes first takes over what that one made', async () => {
    const slow = set(async (folder) => {
      await mkdir(folder);
      await mkdir(join(tools, 'saw-1/bin'), { recursive: true });
      await writeFile(join(tools, 'saw-1/bin/saw'), 'theirs');
    });
    expect(await installSet(slow, tools)).toBe(false);
    expect(await readFile(join(tools, 'saw-1/bin/saw'), 'utf8')).toBe('theirs');
    expect(await readdir(tools)).toEqual(['saw-1']);
  });

  test('removes what a killed installation left, and not what a running one is making', async () => {
    const { pid } = spawnSync('true'); // has ended
    await mkdir(join(tools, `.saw-0.${pid}`), { recursive: true });
    await mkdir(join(tools, `.plane-1.${process.ppid}`));
    await installSet(complete, tools);
    expect((await readdir(tools)).sort()).toEqual([`.plane-1.${process.ppid}`, 'saw-1']);
  });
});

test('a missing program says what installs it', () => {
  const env = { XDG_CACHE_HOME: join(tools, '../..') };
  expect(() => toolPath('versitygw', { env })).toThrow(
    expect.objectContaining({
      failure: expect.objectContaining({
        kind: 'usage',
        cause: expect.stringContaining(join(tools, 'versitygw-')),
        hint: expect.stringContaining('install-tools.js versitygw'),
      }),
    }),
  );
  expect(existsSync(tools)).toBe(false);
});
