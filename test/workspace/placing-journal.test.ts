import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clearScratch } from '../../src/stage/scratch/clear-scratch.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-journal-'));
  mkdirSync(join(root, '.sibling/scratch/run'), { recursive: true });
  for (const name of ['file', 'folder/one', 'other/one']) write(name, 'old');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const outs = ['file', 'folder', 'other'];
const state = () =>
  ['file', 'folder/one', 'other/one'].map((path) =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : 'gone',
  );

/** Places all outs in a process that kills itself right after a rename; gives whether it did. */
function placeAndDie(after: number): boolean {
  const module = (path: string) =>
    JSON.stringify(pathToFileURL(join(process.cwd(), 'build/src', path)).href);
  const script = `
    import fs, { mkdirSync, writeFileSync } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const real = fs.renameSync;
    let renames = 0;
    fs.renameSync = (from, to) => {
      real(from, to);
      if (++renames === ${after}) process.kill(process.pid, 'SIGKILL');
    };
    syncBuiltinESMExports();
    const { placeWhole } = await import(${module('workspace/place-whole.js')});
    const root = ${JSON.stringify(root)};
    const user = { uid: process.getuid(), gid: process.getgid() };
    await placeWhole(user, ${JSON.stringify(outs)}.map((out) => ({
      to: root + '/' + out,
      make: async (aside) => {
        if (out !== 'file') mkdirSync(aside);
        writeFileSync(out === 'file' ? aside : aside + '/one', 'new');
      },
    })), { file: root + '/.sibling/scratch/run/placing.json', paths: ${JSON.stringify(outs)} });
  `;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  return signal === 'SIGKILL';
}

test('after a kill at any rename all outs are as they were, or all are new, and nothing else is left', async () => {
  const ends: string[] = [];
  for (let after = 1; placeAndDie(after); after++) {
    if (state()[0] === 'gone') throw new Error(`a file was gone after rename ${after}`);
    await clearScratch(root);
    expect(readdirSync(root).sort()).toEqual(['.sibling', ...outs]);
    ends.push(state().join(' '));
    expect(existsSync(join(root, '.sibling/scratch'))).toBe(false);
    for (const name of ['file', 'folder/one', 'other/one']) write(name, 'old');
    mkdirSync(join(root, '.sibling/scratch/run'), { recursive: true });
  }
  // Two notes, a rename for the file, two for each folder: only the last note makes all of it new.
  expect(ends).toEqual([...Array(6).fill('old old old'), 'new new new']);
});

test('a journal of unknown origin moves nothing that is not for stages', async () => {
  for (const name of ['.env', '.git/config']) {
    write(name, 'mine');
    write(`${name}.sibling-old`, 'theirs');
  }
  const beside = mkdtempSync(join(tmpdir(), 'sibling-beside-'));
  writeFileSync(join(beside, 'x'), 'mine');
  writeFileSync(join(beside, 'x.sibling-old'), 'theirs');
  const outside = [join(beside, 'x'), `../${basename(beside)}/x`];
  const paths = ['.env', '.git/config', ...outside, 7];
  write('.sibling/scratch/run/placing.json', JSON.stringify({ step: 'swapping', paths }));
  write('.sibling/scratch/odd/placing.json', 'null');
  expect(await clearScratch(root)).toEqual([]);
  for (const name of ['.env', '.git/config']) {
    expect(readFileSync(join(root, name), 'utf8')).toBe('mine');
  }
  expect(readFileSync(join(beside, 'x'), 'utf8')).toBe('mine');
  rmSync(beside, { recursive: true });
});
