import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gitBytes } from '../../../src/git/git.ts';

const another = 1234;
let folder: string;
const before = process.env.GITHUB_ACTIONS;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-theirs-'));
  process.env.GITHUB_ACTIONS = 'true';
});

afterEach(() => {
  if (before === undefined) delete process.env.GITHUB_ACTIONS;
  else process.env.GITHUB_ACTIONS = before;
  rmSync(folder, { recursive: true });
});

// Only root works in a repository of another user's.
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot.each([
  ['in a file that is included', 'top', '.git/inc'],
  ['in the configuration that a linked work tree shares', 'linked', '.git/config'],
])('a filter that is written %s after a first call is off', async (_, where, file) => {
  const top = join(folder, 'top');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', top, ...args]);
  execFileSync('git', ['init', '--quiet', top]);
  writeFileSync(join(top, 'f'), '1\n');
  writeFileSync(join(top, '.gitattributes'), 'f filter=e\n');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'x');
  git('worktree', 'add', '--quiet', join(folder, 'linked'), '-b', 'linked');
  writeFileSync(join(top, '.git/inc'), '[a]\n\tb = c\n');
  appendFileSync(join(top, '.git/config'), '[include]\n\tpath = inc\n');
  execFileSync('chown', ['-R', `${another}:${another}`, folder]);
  const root = join(folder, where);
  expect(await gitBytes(root, ['status', '--porcelain'])).toMatchObject({ isDone: true });

  const sprung = join(folder, 'sprung');
  appendFileSync(join(top, file), `[filter "e"]\n\tclean = "sh -c 'touch ${sprung}; cat'"\n`);
  writeFileSync(join(root, 'f'), '2\n');
  expect(await gitBytes(root, ['status', '--porcelain'])).toMatchObject({ isDone: true });
  expect(existsSync(sprung)).toBe(false);
  // So that the trap can spring at all.
  execFileSync('git', ['-c', 'safe.directory=*', '-C', root, 'status', '--porcelain']);
  expect(existsSync(sprung)).toBe(true);
});
