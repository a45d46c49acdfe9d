import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { type ActRun, runAct } from '../rig/act/run.ts';
import { cloneIris } from '../rig/iris-clone.ts';
import { git, removeProject } from '../rig/stage-project.ts';

const docker = new Docker();
const services = `sibling-act-${process.pid}`;
const root = cloneIris();
const remote = `${root}-remote`;
const origin = `${root}-origin.git`;
git(root, 'clone', '--quiet', '--bare', root, origin);
git(root, 'remote', 'add', 'origin', origin);

const stages = ['ingest', 'preprocess', 'train', 'evaluate'];
const env = {
  SIBLING_SERVICES: services,
  SIBLING_MLFLOW_PORT: '0',
  SIBLING_LOCAL_REMOTE: remote,
  GITHUB_REPOSITORY: 'ada/iris',
};

function push(): Promise<ActRun> {
  return runAct({ repository: root, workflow: 'pipeline.yml', event: 'push', env });
}

function outcomes(run: ActRun): Record<string, string | undefined> {
  return Object.fromEntries(stages.map((stage) => [stage, run.job(stage).outputs.outcome]));
}

afterAll(async () => {
  for (const path of [root, remote, origin]) removeProject(path);
  await docker
    .getContainer(`${services}-mlflow`)
    .remove({ force: true })
    .catch(() => undefined);
  await docker
    .getNetwork(`${services}-tracking`)
    .remove()
    .catch(() => undefined);
  await docker
    .getVolume(`${services}-mlflow`)
    .remove()
    .catch(() => undefined);
});

describe('the workflow under act, without credentials', () => {
  test('a push: four stage jobs in separate workspaces, then the report', async () => {
    const run = await push();
    const failed = Object.entries(run.results).filter(([, result]) => result !== 'success');
    if (failed.length > 0) throw new Error(run.log);
    expect(Object.keys(run.results).sort()).toEqual([...stages, 'commit', 'report'].sort());
    expect(outcomes(run)).toEqual(Object.fromEntries(stages.map((stage) => [stage, 'ran'])));
    expect(existsSync(join(root, 'dvc.lock'))).toBe(false);
    expect(existsSync(join(remote, 'files/md5'))).toBe(true);
    expect(run.job('train').summary).toMatch(/### ✅ .train. ran/);
    expect(run.job('report').summary).toMatch(/accuracy/);
    expect(git(origin, 'show', 'main:dvc.lock')).toMatch(/^ {2}evaluate:$/m);
    expect(git(origin, 'log', '-1', '--format=%an %s', 'main')).toBe(
      'github-actions[bot] Update dvc.lock and metrics [skip ci]',
    );
  });
});
