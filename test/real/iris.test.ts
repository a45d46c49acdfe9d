import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { cloneIris, foreignFiles } from '../rig/iris-clone.ts';
import { removeProject, sibling, startSibling } from '../rig/stage-project.ts';

const docker = new Docker();
const services = `sibling-test-${process.pid}`;
const env = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: '0' };

interface RunJson {
  readonly stages: readonly { readonly stage: string; readonly state: string }[];
  readonly trackingUri: string;
}

async function run(root: string, ...args: string[]): Promise<RunJson> {
  const result = await sibling(root, ['run', '--json', ...args], {
    env: { ...env, SIBLING_LOCAL_REMOTE: `${root}-remote` },
  });
  if (result.code !== 0) throw new Error(`exit code ${result.code}:\n${result.stderr}`);
  return JSON.parse(result.stdout) as RunJson;
}

function states(result: RunJson): Record<string, string> {
  return Object.fromEntries(result.stages.map(({ stage, state }) => [stage, state]));
}

async function mlflow(base: string, path: string, body?: object): Promise<never> {
  const answer = await fetch(`${base}/api/2.0/mlflow/${path}`, {
    method: body ? 'POST' : 'GET',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as never;
}

const roots: string[] = [];
function clone(owner?: { uid: number; gid: number }): string {
  const root = cloneIris(owner);
  roots.push(root);
  return root;
}

afterAll(async () => {
  for (const root of roots) {
    removeProject(root);
    removeProject(`${root}-remote`);
  }
  await docker.getContainer(`${services}-mlflow`).remove({ force: true });
  await docker.getNetwork(`${services}-tracking`).remove();
  await docker.getVolume(`${services}-mlflow`).remove();
});

describe('the Iris pipeline, from a clone', () => {
  let root = '';
  let first: RunJson;
  const seen = new Map<string, string>();

  beforeAll(async () => {
    root = clone();
    const started = startSibling(root, ['run', '--json'], {
      env: { ...env, SIBLING_LOCAL_REMOTE: `${root}-remote` },
    });
    let ended = false;
    void started.finished.then(() => {
      ended = true;
    });
    while (!ended) {
      for (const container of await docker.listContainers()) {
        const role = container.Labels['sibling.role'];
        if (role)
          seen.set(`${role} ${container.Labels['sibling.stage'] ?? ''}`.trim(), container.Id);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const result = await started.finished;
    if (result.code !== 0) throw new Error(result.stderr);
    first = JSON.parse(result.stdout) as RunJson;
  }, 900_000);

  test('all four stages ran, as siblings of the dvc-runner on the same daemon', () => {
    expect(states(first)).toEqual({
      ingest: 'ran',
      preprocess: 'ran',
      train: 'ran',
      evaluate: 'ran',
    });
    const expected = [
      'dvc-runner',
      'stage ingest',
      'stage preprocess',
      'stage train',
      'stage evaluate',
    ];
    for (const role of expected) expect([...seen.keys()]).toContain(role);
  });

  test('the data have 150 rows and the metrics are good', () => {
    const rows = readFileSync(join(root, 'data/raw/iris.csv'), 'utf8').trim().split('\n');
    expect(rows).toHaveLength(151);
    const metrics = JSON.parse(readFileSync(join(root, 'metrics/metrics.json'), 'utf8'));
    expect(metrics.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(Object.keys(metrics.f1)).toHaveLength(3);
  });

  test('MLflow has the run with params, metrics and model, and one version of it', async () => {
    const name = root.slice(root.lastIndexOf('/') + 1);
    const { trackingUri: base } = first;
    const found: { experiment: { experiment_id: string } } = await mlflow(
      base,
      `experiments/get-by-name?experiment_name=${name}`,
    );
    const { runs }: { runs: readonly Run[] } = await mlflow(base, 'runs/search', {
      experiment_ids: [found.experiment.experiment_id],
    });
    expect(runs).toHaveLength(1);
    const [only] = runs;
    expect(only?.data.params.map(({ key }) => key)).toContain('train.n_estimators');
    expect(only?.data.metrics.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['cv_accuracy_mean', 'accuracy', 'macro.f1']),
    );
    const { files }: { files: readonly { path: string }[] } = await mlflow(
      base,
      `artifacts/list?run_id=${only?.info.run_id}&path=model`,
    );
    expect(files.map(({ path }) => path)).toContain('model/MLmodel');
    const versions: { model_versions: readonly { version: string }[] } = await mlflow(
      base,
      `model-versions/search?filter=${encodeURIComponent(`name='${name}'`)}`,
    );
    expect(versions.model_versions).toHaveLength(1);
  });

  test('again: nothing runs, and it says why', async () => {
    const again = await sibling(root, ['run'], { env });
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/Nothing changed: commands, deps, params and outs/);
    expect(again.stderr).not.toMatch(/Running stage/);
  });

  test('a param of train runs train and evaluate only', async () => {
    const path = join(root, 'params.yaml');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('n_estimators: 100', 'n_estimators: 30'),
    );
    expect(states(await run(root))).toEqual({
      ingest: 'unchanged',
      preprocess: 'unchanged',
      train: 'ran',
      evaluate: 'ran',
    });
  });

  test.each([
    ['a comment in its script', 'stages/preprocess/preprocess.py'],
    ['a line of its Dockerfile', 'stages/preprocess/Dockerfile'],
  ])('%s runs preprocess, and nothing after it when its outs stay the same', async (_, file) => {
    appendFileSync(join(root, file), '\n# changed\n');
    expect(states(await run(root))).toEqual({
      ingest: 'unchanged',
      preprocess: 'ran',
      train: 'unchanged',
      evaluate: 'unchanged',
    });
  });

  test('deleted outs come back from the cache without a container', async () => {
    rmSync(join(root, 'data/processed'), { recursive: true });
    const result = states(await run(root));
    expect(result.preprocess).toBe('cached');
    expect(Object.values(result)).not.toContain('ran');
    expect(readFileSync(join(root, 'data/processed/train.csv'), 'utf8')).toMatch(/^sepal_length/);
  });
});

interface Run {
  readonly info: { readonly run_id: string };
  readonly data: {
    readonly params: readonly { readonly key: string }[];
    readonly metrics: readonly { readonly key: string }[];
  };
}

test('clones of different users give the same dvc.lock, and every file belongs to its owner', async () => {
  const ofRoot = clone();
  const ofUser = clone({ uid: 1000, gid: 1000 });
  await run(ofRoot);
  await run(ofUser);
  expect(readFileSync(join(ofUser, 'dvc.lock'))).toEqual(readFileSync(join(ofRoot, 'dvc.lock')));
  expect(foreignFiles(ofRoot, 0)).toEqual([]);
  expect(foreignFiles(ofUser, 1000)).toEqual([]);
});
