import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { trackedOuts } from '../../src/stage/tracked-outs.ts';
import { git } from '../rig/stage-project.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-tracked-'));
  git(root, 'init', '--quiet');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function add(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'x');
    git(root, 'add', '--force', '--', path);
  }
}

async function found(outs: Record<string, boolean>, folder = '.'): Promise<string[]> {
  const list = Object.entries(outs).map(([path, cache]) => ({ path, cache }));
  const stage = { address: 's', file: 'dvc.yaml', line: 2, outs: list };
  const all = await trackedOuts(join(root, folder), [stage]);
  return all.map(({ failure: { failure } }) => `${failure.cause} | ${failure.hint}`);
}

test('outs that Git tracks, themselves or files in them', async () => {
  add('model.bin', "odd name's.bin", 'folder/deep/file', 'metrics.json', 'model.binary');
  const outs = { 'model.bin': true, "odd name's.bin": true, folder: true };
  const all = await found({ ...outs, 'metrics.json': false, 'other.bin': true, model: true });
  expect(all).toHaveLength(3);
  expect(all[0]).toMatch(/Git tracks model\.bin, an out of stage s .*cached -- model\.bin, then/);
  expect(all[1]).toContain(`git rm -r --cached -- 'odd name'\\''s.bin'`);
  expect(all[2]).toContain('Git tracks folder,');
});

test('a file that is there and that Git does not track is fine', async () => {
  writeFileSync(join(root, 'model.bin'), 'x');
  expect(await found({ 'model.bin': true })).toEqual([]);
});

test('of a project in a folder of the repository', async () => {
  add('sub/model.bin', 'data.bin');
  expect(await found({ 'model.bin': true, 'data.bin': true }, 'sub')).toHaveLength(1);
});

test('none where DVC does without Git', async () => {
  add('model.bin');
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = true\n');
  expect(await found({ 'model.bin': true })).toEqual([]);
});
