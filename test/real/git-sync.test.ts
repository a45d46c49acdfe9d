import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { syncMirror } from '../../src/servers/dagshub-api.ts';
import { actionJob } from '../rig/action-job.ts';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { FaultKind } from '../rig/http/faults.ts';
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

test('without a repository says that', async () => {
  const project = await scratchProject({ git: false, files: { '.dvc/config': '' } });
  made.push(project);
  const result = await sibling(project.root, ['git-sync']);
  expect(result.stderr).toMatch(/is in no Git repository.*\n?.*git init/s);
  expect(result.code).toBe(2);
});

describe('the mirror on DagsHub', () => {
  const secret = canary();
  let dagsHub: DagsHubStandIn;
  beforeAll(async () => {
    dagsHub = await startDagsHub();
    dagsHub.addUser('ada', secret.token);
    dagsHub.addUser('eve', `${secret.token}-eve`);
    dagsHub.addRepository('ada', 'iris', { mirror: true });
    dagsHub.addRepository('ada', 'alone');
  });
  beforeEach(() => dagsHub.faults.set([]));
  afterAll(() => dagsHub.stop());

  const credentials = (more: Record<string, string> = {}) => ({
    ...{ DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: secret.token, DAGSHUB_REPO: 'ada/iris' },
    ...{ DAGSHUB_CLIENT_HOST: dagsHub.url, ...more },
  });
  const fault = (kind: FaultKind) => dagsHub.faults.set([{ service: 'api', kind }]);

  test('is synced after a push, and not where there is none', async () => {
    const { project } = await syncedProject();
    const env = credentials();
    const [repository] = dagsHub.world.repositories;
    await sibling(project.root, ['git-sync', '--no-push'], { env });
    expect(repository?.mirrorSyncs).toBe(0);
    const { code, stderr } = await sibling(project.root, ['git-sync'], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/Pushed main to origin\n.*DagsHub syncs ada\/iris/);
    expect(repository?.mirrorSyncs).toBe(1);
  });

  test.each([
    [
      'a repository that is not connected',
      () => ({ DAGSHUB_REPO: 'ada/alone' }),
      /no such repository that is connected to one elsewhere \(HTTP 404\); connect it/,
    ],
    ['a wrong token', () => ({ DAGSHUB_TOKEN: 'wrong' }), /the token of user ada \(HTTP 401\)/],
    [
      'a user who may only read',
      () => ({ DAGSHUB_USER_NAME: 'eve', DAGSHUB_TOKEN: `${secret.token}-eve` }),
      /user eve may not write to it \(HTTP 403\); ask its owner/,
    ],
    ['half of the credentials', () => ({ DAGSHUB_USER_NAME: '' }), /DAGSHUB_USER_NAME is not/],
    ['too many requests', () => fault(429), /too many requests \(HTTP 429\); it syncs by itself/],
    ['an error there', () => fault(500), /trouble of its own \(HTTP 500\); it syncs by itself/],
    ['a gateway without it', () => fault(503), /trouble of its own \(HTTP 503\)/],
    ['a lost connection', () => fault('reset'), /does not answer: ECONNRESET; it syncs by itself/],
  ])(
    'that cannot be synced is a warning, with what to do, and the push is done: %s',
    async (_, make, says) => {
      const { project, log } = await syncedProject();
      const env = credentials(make() ?? {});
      const { code, stderr } = await sibling(project.root, ['git-sync'], { env });
      expect(stderr).toMatch(says);
      expect(stderr).toMatch(/warning: DagsHub (did not sync|is not asked)/);
      expect(code).toBe(0);
      expect(await log()).toMatch(/^Update dvc\.lock and metrics$/m);
      expect(secret.hits(stderr)).toEqual([]);
    },
  );

  test('that push-artifacts cannot sync is a warning of the job, which does not fail for it', async () => {
    const { project } = await syncedProject();
    fault(429);
    const job = actionJob({
      workspace: project.root,
      folder: project.path('.sibling/job'),
      env: { ...credentials(), GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'ada/iris' },
    });
    const inputs = { commit: 'true', 'mirror-sync': 'true', needs: '{}', message: 'Results' };
    const { code, log } = await job.run('push-artifacts', inputs);
    expect(log).toMatch(/^::warning::DagsHub did not sync ada\/iris: too many requests/m);
    expect(code).toBe(0);
  });

  test('that does not answer is waited for so long and no longer', async () => {
    fault('slow');
    const hub = { host: dagsHub.url, owner: 'ada', repo: 'iris', user: 'ada', token: secret.token };
    expect(await syncMirror(hub, 200)).toEqual({
      isAsked: false,
      text: expect.stringMatching(/does not answer within 0\.2 s; it syncs by itself/),
    });
  });
});
