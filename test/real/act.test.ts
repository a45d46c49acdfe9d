import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  let lock = '';

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
    lock = git(origin, 'show', 'main:dvc.lock');
    expect(lock).toMatch(/^ {2}evaluate:$/m);
    expect(git(origin, 'log', '-1', '--format=%an %s', 'main')).toBe(
      'github-actions[bot] Update dvc.lock and metrics [skip ci]',
    );
  });

  test('the same push again: everything comes from the run-cache, no stage container', async () => {
    const run = await push();
    expect(Object.values(outcomes(run))).toEqual(['cached', 'cached', 'cached', 'cached']);
    expect(git(origin, 'show', 'main:dvc.lock')).toBe(lock);
  });

  test('with dvc.lock in the commit: unchanged, and no data are fetched', async () => {
    git(root, 'pull', '--quiet', 'origin', 'main');
    const run = await push();
    expect(Object.values(outcomes(run))).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    expect(run.job('train').log).not.toMatch(/Running stage|Building image/);
  });

  test('a dispatch with a params override runs train and evaluate only', async () => {
    const run = await runAct({
      repository: root,
      workflow: 'pipeline.yml',
      event: 'workflow_dispatch',
      inputs: { params: 'train.n_estimators=20', force: '', push: 'true', 'log-level': 'info' },
      env,
    });
    expect(outcomes(run)).toEqual({
      ingest: 'unchanged',
      preprocess: 'unchanged',
      train: 'ran',
      evaluate: 'ran',
    });
    expect(run.job('train').summary).toMatch(/Why: .params\.yaml: train\.n_estimators 100 → 20/);
    expect(run.job('report').summary).toMatch(/train\.n_estimators/);
  });

  test.each(['$(touch /tmp/sibling-injected)', 'train.n_estimators=1\n::set-output name=x::y'])(
    'an injection in an input has no effect: %j',
    async (params) => {
      const run = await runAct({
        repository: root,
        workflow: 'pipeline.yml',
        event: 'workflow_dispatch',
        inputs: { params, force: '', push: 'true', 'log-level': 'info' },
        env,
        job: 'ingest',
      });
      expect(run.results.ingest).toBe('failure');
      const [annotation] = run.job('ingest').annotations;
      expect(annotation?.message).toMatch(/is not a key and a value/);
      expect(existsSync('/tmp/sibling-injected')).toBe(false);
    },
  );

  test('a stage that fails: its job is red, later ones are skipped, the report says which', async () => {
    const broken = cloneIris();
    try {
      const script = join(broken, 'stages/preprocess/preprocess.py');
      const text = readFileSync(script, 'utf8').replace(
        'def main() -> None:',
        'def main() -> None:\n    sys.exit(3)\n',
      );
      writeFileSync(script, text);
      git(broken, 'commit', '--quiet', '--all', '--message', 'break preprocess');
      const run = await runAct({
        repository: broken,
        workflow: 'pipeline.yml',
        event: 'push',
        env,
      });
      expect(run.code).not.toBe(0);
      expect(run.results).toMatchObject({
        ingest: 'success',
        preprocess: 'failure',
        report: 'failure',
      });
      expect(run.results.train ?? 'skipped').toBe('skipped');
      expect(run.job('preprocess').annotations[0]?.message).toMatch(/failed with exit code 3/);
      const { summary } = run.job('report');
      expect(summary).toMatch(/\| .preprocess. \| ❌ failed \|.*exit code 3/);
      expect(summary).toMatch(/s1\["preprocess<br>failed"\]:::failed/);
      expect(summary).toMatch(/s2\["train<br>skipped"\]:::skipped/);
    } finally {
      removeProject(broken);
    }
  });

  test('no container is left behind', async () => {
    const found = await docker.listContainers({ all: true, filters: { label: ['sibling.role'] } });
    const names = found.flatMap((container) => container.Names);
    expect(names.filter((name) => name.includes('-gh-'))).toEqual([]);
    expect(readdirSync(root)).not.toContain('.sibling');
  });
});
