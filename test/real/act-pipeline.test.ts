import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actJobImage } from '../rig/act/job-image.ts';
import { type ActOptions, type ActRun, runAct } from '../rig/act/run.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { cloneIris } from '../rig/iris-clone.ts';
import { otherPipeline } from '../rig/other-pipeline.ts';
import { repository } from '../rig/repository.ts';
import {
  git,
  makeProject,
  type ProjectFixture,
  removeProject,
  sibling,
} from '../rig/stage-project.ts';
import { resultsOf } from '../rig/stage-results.ts';

/** This repository as somebody else's workflow sees it: `uses: sibling-org/sibling/actions/…@v1`. */
const siblingRepository = cloneIris();
const artifactActions = join(repository, 'test/rig/act/artifacts');
const localRepositories = {
  'sibling-org/sibling@v1': siblingRepository,
  'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02': join(
    artifactActions,
    'upload',
  ),
  'actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093': join(
    artifactActions,
    'download',
  ),
};
const folders = [siblingRepository];

beforeAll(async () => {
  await ensureBusyboxImage();
});
afterAll(() => {
  for (const folder of folders) removeProject(folder);
});

const plots = Array.from({ length: 30 }, (_, at) => `plots/${at}.csv`);

/** The same, and thirty plots of 60 KB, which DVC caches: far more than a variable holds. */
const plottingPipeline: ProjectFixture = {
  stages: {
    ...otherPipeline.stages,
    join: {
      script: `${otherPipeline.stages.join?.script}
for at in $(seq 0 29); do (echo v; seq 1 12500) > plots/$at.csv; done`,
    },
  },
  files: {
    ...otherPipeline.files,
    'dvc.yaml': `${otherPipeline.files?.['dvc.yaml']}    plots: [${plots.join(', ')}]\n`,
  },
};

async function otherProject(fixture: ProjectFixture = otherPipeline): Promise<string> {
  const root = makeProject(fixture);
  folders.push(root);
  const exported = ['export', 'github', '--actions', 'sibling-org/sibling/actions', '--ref', 'v1'];
  const { code, stderr } = await sibling(root, exported);
  if (code !== 0) throw new Error(stderr);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'workflow');
  const origin = `${root}-origin.git`;
  git(root, 'clone', '--quiet', '--bare', root, origin);
  git(root, 'remote', 'add', 'origin', origin);
  folders.push(origin);
  return root;
}

async function run(root: string, options: Partial<ActOptions> = {}): Promise<ActRun> {
  const result = await runAct({
    repository: root,
    workflow: 'pipeline.yml',
    localRepositories,
    ...options,
    env: { GITHUB_REPOSITORY: 'grace/words', ...options.env },
  });
  const failed = Object.entries(result.results).filter(([, each]) => each === 'failure');
  if (failed.length > 0 || result.code !== 0) throw new Error(result.log);
  return result;
}

const jobs = ['words', 'sort-one', 'sort-two', 'join', 'sub-dvc-yaml-count'];
const outcomes = (result: ActRun) =>
  jobs.map((id) => result.jobs.find((job) => job.id === id)?.outputs.outcome);

describe("the actions in somebody else's repository, with a pipeline of another kind", () => {
  test('run every stage as a job, and hand data on', async () => {
    const root = await otherProject(plottingPipeline);
    const result = await run(root, { env: { SIBLING_LOCAL_REMOTE: `${root}-remote` } });
    folders.push(`${root}-remote`);
    expect(outcomes(result)).toEqual(Array(jobs.length).fill('ran'));
    const { baton } = result.job('sub-dvc-yaml-count').outputs;
    expect(resultsOf(`${root}-remote`, baton).uncached).toEqual([
      { path: 'sub/count.json', file: { text: '{"lines": 3}\n' } },
    ]);
    const { shown } = resultsOf(`${root}-remote`, result.job('join').outputs.baton);
    const sizes = plots.map((path) => shown?.[path]?.length ?? 0);
    expect(Math.min(...sizes)).toBeGreaterThan(60_000);
    expect(result.results.report).toBe('success');
    const { summary } = result.job('report');
    for (const path of plots) expect(summary).toContain(path);
  });

  test('hand data on as artifacts where jobs share no disk', async () => {
    const root = await otherProject();
    const artifacts = mkdtempSync(join(tmpdir(), 'sibling-artifacts-'));
    folders.push(artifacts);
    const env = { SIBLING_TRANSPORT: 'artifacts', ARTIFACTS_FOLDER: artifacts };
    const service = mkdtempSync(join(tmpdir(), 'sibling-service-'));
    folders.push(service);
    const result = await run(root, { env, artifacts: service });
    expect(outcomes(result)).toEqual(Array(jobs.length).fill('ran'));
  });
});

test('in container mode, a stage reads the files of the job, not those of the host', async () => {
  const root = await otherProject();
  const shared = mkdtempSync(join(tmpdir(), 'sibling-shared-'));
  folders.push(shared);
  // Where the job has its workspace the host has files too: act copies a commit, and this is none.
  const { code } = await sibling(root, ['run', '--json']);
  expect(code).toBe(0);
  writeFileSync(join(root, 'words/one'), 'stale\n');
  const result = await run(root, {
    image: await actJobImage(),
    containerOptions: `--volume ${shared}:${shared}`,
    env: { SIBLING_LOCAL_REMOTE: shared },
    job: 'sort-one',
  });
  expect(outcomes(result).slice(0, 2)).toEqual(['ran', 'ran']);
  const { lock } = resultsOf(shared, result.job('sort-one').outputs.baton);
  expect(lock?.entry).toContain(createHash('md5').update('a\nb\n').digest('hex'));
});
