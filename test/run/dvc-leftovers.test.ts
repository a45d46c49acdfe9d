import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findProject, type Project } from '../../src/project/project.ts';
import { keepLockFiles, mendLockFiles, removeStaleRwLock } from '../../src/run/dvc-leftovers.ts';

const whole =
  "schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: y\n      md5: abc\n";
let project: Project;
const children: ChildProcess[] = [];

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-leftovers-'));
  mkdirSync(join(root, '.dvc/tmp'), { recursive: true });
  writeFileSync(join(root, 'dvc.yaml'), 'stages: {}\n');
  project = findProject(root);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  rmSync(project.root, { recursive: true });
});

const at = (path: string) => join(project.root, path);
const put = (path: string, text: string) => writeFileSync(at(path), text);

describe('dvc.lock', () => {
  test.each([
    ['empty', ''],
    ['cut in a key', whole.slice(0, 20)],
    ['cut after cmd', whole.slice(0, whole.indexOf(' x'))],
    ['cut in a quoted text', "schema: '2.0"],
  ])('%s: put back as it was', async (_, cut) => {
    put('dvc.lock', whole);
    await keepLockFiles(project, ['dvc.lock']);
    put('dvc.lock', cut);
    expect(await mendLockFiles(project)).toEqual(['dvc.lock']);
    expect(readFileSync(at('dvc.lock'), 'utf8')).toBe(whole);
    expect(readdirSync(at('.sibling'))).toEqual(['.gitignore']);
  });

  test('that was not there before is removed when it is cut off', async () => {
    await keepLockFiles(project, ['dvc.lock']);
    put('dvc.lock', '');
    expect(await mendLockFiles(project)).toEqual(['dvc.lock']);
    expect(existsSync(at('dvc.lock'))).toBe(false);
  });

  test.each([
    ['that DVC wrote anew', whole.replace('abc', 'def')],
    ['with a merge conflict', `<<<<<<< HEAD\n${whole}=======\n${whole}>>>>>>> other\n`],
  ])('%s stays', async (_, text) => {
    put('dvc.lock', whole);
    await keepLockFiles(project, ['dvc.lock']);
    put('dvc.lock', text);
    expect(await mendLockFiles(project)).toEqual([]);
    expect(readFileSync(at('dvc.lock'), 'utf8')).toBe(text);
  });

  test('that could not be read before either stays, and so does one without a copy', async () => {
    put('dvc.lock', 'schema: [');
    await keepLockFiles(project, ['dvc.lock']);
    put('dvc.lock', 'schema: {');
    expect(await mendLockFiles(project)).toEqual([]);
    expect(await mendLockFiles(project)).toEqual([]);
    expect(readFileSync(at('dvc.lock'), 'utf8')).toBe('schema: {');
  });
});

describe('rwlock', () => {
  const of = (pid: number) => JSON.stringify({ write: { '/a': { pid, cmd: 'dvc repro' } } });

  async function living(argv0: string): Promise<number> {
    const child = spawn('sleep', ['60'], { argv0, stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    return child.pid ?? 0;
  }

  test.each([
    ['half-written', () => '{"write": {"/a'],
    ['of a process that is gone', () => of(4_194_305)],
    ['of a process that is something else by now', async () => of(await living('make'))],
  ])('%s is removed', async (_, text) => {
    put('.dvc/tmp/rwlock', await text());
    await removeStaleRwLock(project);
    expect(existsSync(at('.dvc/tmp/rwlock'))).toBe(false);
  });

  test('of a DVC that runs on this machine stays', async () => {
    put('.dvc/tmp/rwlock', of(await living('dvc')));
    await removeStaleRwLock(project);
    expect(existsSync(at('.dvc/tmp/rwlock'))).toBe(true);
  });
});
