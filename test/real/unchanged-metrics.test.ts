import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actionJob, type Step } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type S3Server, startS3Server } from '../rig/s3-server.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';
import { resultsOf } from '../rig/stage-results.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-unchanged-'));
const shared = join(scratch, 'shared');
let project = '';
let storage: S3Server;
let env: Record<string, string> = {};
beforeAll(async () => {
  await ensureBusyboxImage();
  storage = await startS3Server();
  await storage.makeBucket('bucket');
  env = {
    DVC_REMOTE_URL: 's3://bucket/below',
    AWS_ENDPOINT_URL: storage.endpoint,
    AWS_ACCESS_KEY_ID: storage.accessKey,
    AWS_SECRET_ACCESS_KEY: storage.secretKey,
    AWS_REGION: storage.region,
  };
  project = makeProject({
    stages: {
      train: {
        script: 'echo model > model; printf \'{"accuracy": 0.95}\' > metrics.json',
        entry: {
          ...{ deps: ['stages/train'], outs: ['model'], metrics: ['metrics.json'] },
          meta: { sibling: { metrics: { accuracy: { better: 'higher', min: 0.9 } } } },
        },
      },
    },
  });
}, 120_000);
afterAll(async () => {
  await storage.stop();
  removeProject(project);
  rmSync(scratch, { recursive: true, force: true });
});

test('a stage that a commit leaves alone brings its metrics, and nothing else, to the report', async () => {
  for (const command of ['run', 'push']) {
    expect(await sibling(project, [command], { env })).toMatchObject({ code: 0 });
  }
  git(project, 'add', '--all');
  git(project, 'commit', '--quiet', '--message', 'results');

  const unchanged = await stageJob('there');
  expect(unchanged.step).toMatchObject({ code: 0, outputs: { outcome: 'unchanged' } });
  expect(unchanged.results.shown).toEqual({ 'metrics.json': '{"accuracy": 0.95}' });
  expect(existsSync(join(unchanged.workspace, 'model'))).toBe(false);
  const report = await reportJob('report', unchanged.step.outputs.baton);
  expect(report.log).not.toMatch(/::(error|warning)/);
  // Nothing ran, and nothing but the checkout itself was there to compare with.
  expect(report).toMatchObject({ code: 0, outputs: { conclusion: 'warning' } });

  await storage.stop();
  const without = await stageJob('away');
  expect(without.step).toMatchObject({ code: 0, outputs: { outcome: 'unchanged' } });
  expect(without.results.shown).toBeUndefined();
  expect(without.step.log).toMatch(/The report has to do without metrics.json: /);
  const unsure = await reportJob('unsure', without.step.outputs.baton);
  expect(unsure.log).toMatch(/::error.*metrics.json: accuracy .*cannot be held against min 0.9/);
}, 300_000);

/** A job on a machine of its own: a fresh clone. */
function job(name: string) {
  const folder = join(scratch, name);
  const workspace = join(folder, 'workspace');
  git(scratch, 'clone', '--quiet', project, workspace);
  const own = { GITHUB_JOB: name, GITHUB_REPOSITORY: 'ada/unchanged' };
  const place = { SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: shared };
  return { workspace, ...actionJob({ workspace, folder, env: { ...env, ...own, ...place } }) };
}

async function stageJob(name: string) {
  const { workspace, run } = job(name);
  const step = await run('run-stage', { stage: 'train' });
  if (step.code !== 0) throw new Error(step.log);
  return { step, workspace, results: resultsOf(shared, step.outputs.baton) };
}

/** The push names no earlier commit, so the checkout is compared with itself. */
function reportJob(name: string, baton: string | undefined): Promise<Step> {
  const needs = JSON.stringify({ train: { result: 'success', outputs: { baton } } });
  return job(name).run('comment-metrics', { needs });
}
