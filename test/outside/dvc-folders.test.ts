import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { planCache } from '../../src/outside/dvc-folders.ts';
import type { Project } from '../../src/project/project.ts';

let base = '';
let project: Project;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sibling-folders-'));
  const root = join(base, 'home/project');
  mkdirSync(join(root, '.dvc'), { recursive: true });
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  project = { root, id: 'id', folders: [root], user };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const plan = (cacheFolder: string, linkTypes: readonly string[], canJoin = true) =>
  planCache(project, { cacheFolder, linkTypes }, () => canJoin);

test('the cache elsewhere is made, the project’s own is left to DVC', async () => {
  const elsewhere = join(base, 'deep/cache');
  expect(await plan(elsewhere, ['reflink', 'copy'])).toEqual({
    folder: elsewhere,
    folders: project.folders,
  });
  expect(statSync(elsewhere).isDirectory()).toBe(true);
  const own = join(project.root, '.dvc/cache');
  expect(await plan(own, ['hardlink'])).toEqual({ folder: own, folders: project.folders });
  expect(() => statSync(own)).toThrow();
});

describe('hard links need one mount', () => {
  test('the folder that holds both, also for a cache that is a link', async () => {
    const folder = join(base, 'home/cache');
    expect(await plan(folder, ['hardlink'])).toEqual({ folder, folders: [join(base, 'home')] });
    const link = join(project.root, '.dvc/cache');
    symlinkSync(folder, link);
    expect(await plan(link, ['reflink', 'hardlink'])).toEqual({
      folder: link,
      folders: [join(base, 'home')],
    });
  });

  test('where there can be none, DVC may copy', async () => {
    const folder = join(base, 'home/cache');
    const apart = { folder, folders: project.folders };
    expect(await plan(folder, ['hardlink'], false)).toEqual({
      ...apart,
      linkTypes: ['hardlink', 'copy'],
    });
    expect(await plan(folder, ['hardlink', 'symlink', 'copy'], false)).toEqual({
      ...apart,
      linkTypes: ['hardlink', 'symlink', 'copy'],
    });
    expect(await plan(folder, ['symlink'], false)).toEqual(apart);
  });
});

test.each<[string, () => string]>([
  ['the kernel’s files', () => '/proc/x/cache'],
  ['the kernel’s files by a link', () => join(base, 'kernel/x')],
  ['what the dvc-runner runs by', () => '/usr/bin/cache'],
])('a cache is not made among %s', async (_, at) => {
  symlinkSync('/proc', join(base, 'kernel'));
  await expect(plan(at(), ['copy'])).rejects.toThrow(/where DVC’s container has its own programs/);
});

test.each<[string, () => string]>([
  ['below a file', () => join(base, 'file/cache')],
  ['a file', () => join(base, 'file')],
  ['a link that leads nowhere', () => join(base, 'dangling')],
])('a cache that cannot be made is named: %s', async (_, at) => {
  writeFileSync(join(base, 'file'), '');
  symlinkSync(join(base, 'none'), join(base, 'dangling'));
  await expect(plan(at(), ['copy'])).rejects.toThrow(
    /DVC's cache is to be .*, which cannot be made/,
  );
});
