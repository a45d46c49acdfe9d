import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startMlflowServer } from '../rig/mlflow-server.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';
import { toolPath } from '../rig/tools.ts';

const python = toolPath('python', { set: 'stages' });

test('the Python tests of the stages pass', async () => {
  const pytest = toolPath('pytest', { set: 'stages' });
  const { code, stdout } = await runCommand(
    pytest,
    ['-q', '-p', 'no:cacheprovider', 'test/stages'],
    {
      cwd: repository,
      env: { PYTHONDONTWRITEBYTECODE: '1' },
    },
  );
  if (code !== 0) throw new Error(stdout);
});

interface Run {
  readonly info: { readonly run_id: string; readonly status: string };
  readonly data: {
    readonly metrics: readonly { readonly key: string }[];
    readonly tags: readonly { readonly key: string; readonly value: string }[];
  };
}

/** A folder as `/work` is after preprocess. */
async function prepared(): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'sibling-stages-'));
  cpSync(join(repository, 'params.yaml'), join(work, 'params.yaml'));
  for (const folder of ['data/raw', 'data/processed', 'models', 'metrics']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  for (const name of ['ingest', 'preprocess']) await stage(work, name);
  return work;
}

async function stage(work: string, name: string, env: Record<string, string> = {}) {
  const script = join(repository, 'stages', name, `${name}.py`);
  const result = await runCommand(python, [script], {
    cwd: work,
    env: { PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  if (result.code !== 0) throw new Error(`${name}: ${result.stderr}`);
  return result.stdout;
}

describe.each(['2', '3'] as const)('on an MLflow server of version %s', (version) => {
  let server: Awaited<ReturnType<typeof startMlflowServer>>;
  let work = '';

  beforeAll(async () => {
    [server, work] = await Promise.all([startMlflowServer({ version }), prepared()]);
  });

  afterAll(async () => {
    await server.stop();
    rmSync(work, { recursive: true });
  });

  function track(name: string, project: string, context: object = {}) {
    const file = join(work, 'context.json');
    writeFileSync(file, JSON.stringify({ project, ...context }));
    return stage(work, name, {
      MLFLOW_TRACKING_URI: server.uri,
      SIBLING_TRACKING: 'required',
      SIBLING_CONTEXT_FILE: file,
    });
  }

  async function ask<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(`${server.uri}/api/2.0/mlflow/${path}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  }

  async function runsOf(project: string): Promise<readonly Run[]> {
    const { experiment } = await ask<{ experiment: { experiment_id: string } }>(
      `experiments/get-by-name?experiment_name=${project}`,
    );
    const found = await ask<{ runs?: readonly Run[] }>('runs/search', {
      experiment_ids: [experiment.experiment_id],
    });
    return found.runs ?? [];
  }

  test('evaluate adds to the run of train, whose model is a registered, loadable version', async () => {
    await track('train', 'iris', { git: { commit: 'abc', dirty: true }, deps: { 'a.csv': 'f0' } });
    await track('evaluate', 'iris');
    const [run, ...others] = await runsOf('iris');
    expect(others).toEqual([]);
    expect(run?.info.status).toBe('FINISHED');
    expect(run?.data.metrics.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['cv_accuracy_mean', 'accuracy', 'f1.setosa']),
    );
    const tags = Object.fromEntries(run?.data.tags.map(({ key, value }) => [key, value]) ?? []);
    expect(tags).toMatchObject({
      'sibling.model_md5': expect.stringMatching(/^[0-9a-f]{32}$/),
      'sibling.git_commit': 'abc',
      'sibling.git_dirty': 'true',
      'sibling.dep.a.csv': 'f0',
    });
    const script =
      'import mlflow.pyfunc, pandas as pd;' +
      'model = mlflow.pyfunc.load_model("models:/iris/1");' +
      'table = pd.read_csv("data/processed/test.csv");' +
      'print((model.predict(table.drop(columns="species")) == table.species).mean());' +
      'print(model.metadata.signature.inputs.input_names()[0], model.metadata.saved_input_example_info is not None)';
    const loaded = await runCommand(python, ['-c', script], {
      cwd: work,
      env: { MLFLOW_TRACKING_URI: server.uri },
    });
    const [accuracy, described] = loaded.stdout.trim().split('\n');
    const metrics = JSON.parse(readFileSync(join(work, 'metrics/metrics.json'), 'utf8'));
    expect(Number(accuracy)).toBeCloseTo(metrics.accuracy);
    expect(described).toBe('sepal_length True');
  });

  test('evaluate makes a run for a model that no run has logged, once, and passes over a failed one', async () => {
    await track('evaluate', 'other');
    const [made] = await runsOf('other');
    await track('evaluate', 'other');
    expect((await runsOf('other')).map(({ info }) => info.run_id)).toEqual([made?.info.run_id]);
    await ask('runs/update', { run_id: made?.info.run_id, status: 'FAILED' });
    expect(await track('evaluate', 'other')).toMatch(
      /No finished MLflow run has logged this model/,
    );
    const states = (await runsOf('other')).map(({ info }) => info.status).sort();
    expect(states).toEqual(['FAILED', 'FINISHED']);
  });
});
