import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';
import { sibling } from '../rig/stage-project.ts';

const made: ScratchProject[] = [];
afterEach(async () => {
  for (const project of made.splice(0)) await project.remove();
});

const md5OfOne = 'b026324c6904b2a9cb4b88d6d61c81d1'; // of "1\n"

/** A project whose stage has run, with a bare repository as its origin. */
async function syncedProject() {
  const origin = await scratchProject({ git: false });
  await origin.git('init', '--quiet', '--bare', '--initial-branch', 'main');
  const cmd = 'sibling stage one';
  const params = ['depth'];
  const project = await scratchProject({
    files: {
      '.dvc/config': '[core]\n    analytics = false\n',
      '.gitignore': '.env\n.sibling\n',
      'dvc.yaml': stringify({
        stages: { one: { cmd, params, metrics: [{ 'metrics.json': { cache: false } }] } },
      }),
      'params.yaml': 'depth: 1\n',
    },
  });
  made.push(origin, project);
  await project.git('remote', 'add', 'origin', origin.root);
  await project.git('push', '--quiet', 'origin', 'main');
  await project.write('metrics.json', '1\n');
  await project.write('.env', 'DAGSHUB_TOKEN=canary\n');
  await project.write('draft.txt', 'mine\n');
  await project.write('dvc.lock', lockText(1));
  const log = () => origin.git('log', '--name-only', '--format=%s', 'main');
  return { project, origin, log };
}

function lockText(depth: number): string {
  const outs = [{ path: 'metrics.json', hash: 'md5', md5: md5OfOne, size: 2 }];
  const one = { cmd: 'sibling stage one', params: { 'params.yaml': { depth } }, outs };
  return stringify({ schema: '2.0', stages: { one } });
}

test('commits and pushes what a run changed, and shows it; drafts and .env stay', async () => {
  const { project, log } = await syncedProject();
  const result = await sibling(project.root, ['git-sync']);
  expect(result.stderr).toMatch(/Committing to main:\n(.*\n)*.*dvc\.lock/);
  expect(result).toMatchObject({ code: 0 });
  expect((await log()).split('\n').slice(0, 4)).toEqual([
    'Update dvc.lock and metrics',
    '',
    'dvc.lock',
    'metrics.json',
  ]);
  const again = await sibling(project.root, ['git-sync']);
  expect(again.stderr).toMatch(/Nothing to commit/);
});

test('params that the lock speaks of go along; those that no run has seen are left out', async () => {
  const { project, log } = await syncedProject();
  writeFileSync(join(project.root, 'params.yaml'), 'depth: 2\n');
  const draft = await sibling(project.root, ['git-sync']);
  expect(draft.stderr).toMatch(/Left out: params\.yaml, for not every stage has run/);
  expect(await log()).not.toMatch(/params\.yaml\n(.*\n)*Start/);
  await project.write('dvc.lock', lockText(2));
  expect(await sibling(project.root, ['git-sync'])).toMatchObject({ code: 0 });
  expect((await log()).split('\n').slice(2, 4)).toEqual(['dvc.lock', 'params.yaml']);
});

test('leaves alone what somebody has staged, also before the first run', async () => {
  const { project } = await syncedProject();
  await project.git('rm', '--quiet', '--cached', 'params.yaml');
  for (const path of ['dvc.lock', 'metrics.json']) rmSync(join(project.root, path));
  const head = await project.git('rev-parse', 'HEAD');
  const result = await sibling(project.root, ['git-sync']);
  expect(result.stderr).toMatch(/Nothing to commit/);
  expect(await project.git('rev-parse', 'HEAD')).toBe(head);
});

test('refuses on a detached HEAD, and commits nothing', async () => {
  const { project } = await syncedProject();
  const head = await project.git('rev-parse', 'HEAD');
  await project.git('switch', '--quiet', '--detach');
  const result = await sibling(project.root, ['git-sync']);
  expect(result.stderr).toMatch(/detached HEAD.*\n?.*git switch main/s);
  expect(result.code).toBe(2);
  expect(await project.git('rev-parse', 'HEAD')).toBe(head);
});
