import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const remote = mkdtempSync(join(tmpdir(), 'sibling-remote-'));
let root = '';

beforeAll(() => ensureBusyboxImage(new Docker()));
afterAll(() => {
  removeProject(root);
  removeProject(`${root}-clone`);
  removeProject(remote);
});

test('a folder elsewhere that .dvc/config names gets what is pushed, and a clone runs nothing', async () => {
  // Without deps DVC keeps nothing in the run-cache.
  const entry = { deps: ['stages/one'], outs: ['out'] };
  root = makeProject({ stages: { one: { script: 'echo 1 > out', entry } } });
  const config = `[core]\n    remote = shared\n['remote "shared"']\n    url = ${remote}\n`;
  writeFileSync(join(root, '.dvc/config'), config);
  expect(await sibling(root, ['run'])).toMatchObject({ code: 0 });
  expect(await sibling(root, ['push'])).toMatchObject({ code: 0 });
  expect(readdirSync(remote).sort()).toEqual(['files', 'runs']);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'results');
  git(root, 'clone', '--quiet', root, `${root}-clone`);
  rmSync(join(`${root}-clone`, 'dvc.lock'));
  const result = await sibling(`${root}-clone`, ['run']);
  expect(result.stderr).toMatch(/one +from cache|one +cached/);
}, 120_000);
