import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

/** One out goes where the others go, the other one to a remote of its own. */
let root: string;
let store: string;
const [first, second] = [() => join(store, 'first'), () => join(store, 'second')];

beforeAll(async () => {
  store = mkdtempSync(join(tmpdir(), 'sibling-store-'));
  root = makeProject({
    stages: {
      one: {
        script: 'mkdir -p out; echo ours > out/a; echo theirs > out/b',
        entry: { outs: ['out/a', { 'out/b': { remote: 'Second' } }] },
      },
    },
    files: {
      '.dvc/config': `[core]\n    remote = first\n['remote "first"']\n    url = ${first()}\n['remote "second"']\n    url = ${second()}\n`,
    },
  });
  expect(await sibling(root, ['run'])).toMatchObject({ code: 0 });
});

afterAll(() => {
  removeProject(root);
  rmSync(store, { recursive: true, force: true });
});

const objects = (folder: string) =>
  existsSync(folder)
    ? readdirSync(join(folder, 'files/md5'), { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile(),
      ).length
    : 0;

test('a folder that is not there is not made: nothing is sent into a container', async () => {
  const { code, stderr } = await sibling(root, ['push']);
  expect(stderr).toMatch(/an out names another remote, whose folder is not there/);
  expect(stderr).toContain(second());
  expect(code).toBe(7);
  expect(existsSync(second())).toBe(false);
});

test('data are pushed to it and pulled from it', async () => {
  mkdirSync(second());
  expect(await sibling(root, ['push'])).toMatchObject({ code: 0 });
  expect([objects(first()), objects(second())]).toEqual([1, 1]);
  for (const path of ['out', '.dvc/cache']) rmSync(join(root, path), { recursive: true });
  expect(await sibling(root, ['pull'])).toMatchObject({ code: 0 });
  expect(existsSync(join(root, 'out/b'))).toBe(true);
});

test('a run and status find them there', async () => {
  for (const path of ['out', '.dvc/cache']) rmSync(join(root, path), { recursive: true });
  const status = await sibling(root, ['status', '--remote']);
  expect(status.stdout).toContain('in the remote');
  expect(status.stdout).not.toContain('not in the remote');
  const { code, stdout, stderr } = await sibling(root, ['run']);
  expect({ code, said: stdout + stderr }).toMatchObject({
    code: 0,
    said: expect.stringMatching(/from cache|unchanged/),
  });
  expect(existsSync(join(root, 'out/b'))).toBe(true);
});
