import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Attacker, startAttacker } from '../rig/attacker.ts';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import { cloneIris } from '../rig/iris-clone.ts';
import { git, removeProject, sibling } from '../rig/stage-project.ts';

const secret = canary();
const root = cloneIris();
afterAll(() => removeProject(root));

async function standIn(version: '2' | '3'): Promise<DagsHubStandIn> {
  const dagsHub = await startDagsHub({ mlflow: { version } });
  dagsHub.addUser('ada', secret.token);
  dagsHub.addRepository('ada', 'iris', { private: true });
  return dagsHub;
}

/** What a job has: credentials for DagsHub, and GitHub's word for where it runs. */
function settings(host: string): Record<string, string> {
  return {
    ...{ DAGSHUB_CLIENT_HOST: host, DAGSHUB_REPO: 'ada/iris' },
    ...{ DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: secret.token },
    ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'ada/iris' },
    GITHUB_RUN_ID: '42',
  };
}

interface Tag {
  readonly key: string;
  readonly value: string;
}
interface Run {
  readonly info: { readonly run_id: string; readonly status: string };
  readonly data: {
    readonly params: readonly Tag[];
    readonly metrics: readonly { readonly key: string; readonly value: number }[];
    readonly tags: readonly Tag[];
  };
}

const byKey = (tags: readonly Tag[]) =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

describe.each(['2', '3'] as const)(
  'the Iris pipeline with an MLflow %s behind DagsHub',
  (version) => {
    let dagsHub: DagsHubStandIn;
    let runs: readonly Run[];
    let image: string;

    async function ask(path: string, body?: object): Promise<Response> {
      const basic = Buffer.from(`ada:${secret.token}`).toString('base64');
      const answer = await fetch(`${dagsHub.url}/ada/iris.mlflow/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer;
    }

    async function artifact(path: string): Promise<string> {
      const run = runs[0]?.info.run_id;
      return (await ask(`get-artifact?run_uuid=${run}&path=${path}`)).text();
    }

    beforeAll(async () => {
      dagsHub = await standIn(version);
      const ran = await sibling(root, ['run', '--force', '--json'], { env: settings(dagsHub.url) });
      if (ran.code !== 0) throw new Error(ran.stderr);
      const { stages } = JSON.parse(ran.stdout);
      image = stages.find(({ stage }: { stage: string }) => stage === 'train').image;
      const name = 'api/2.0/mlflow/experiments/get-by-name?experiment_name=iris';
      const { experiment } = (await (await ask(name)).json()) as {
        experiment: { experiment_id: string };
      };
      const found = await ask('api/2.0/mlflow/runs/search', {
        experiment_ids: [experiment.experiment_id],
      });
      runs = ((await found.json()) as { runs: Run[] }).runs;
    });
    afterAll(() => dagsHub.stop());

    test('logs one finished run with the declared params and the metrics of both stages', () => {
      expect(runs.map(({ info }) => info.status)).toEqual(['FINISHED']);
      const { train } = parse(readFileSync(join(root, 'params.yaml'), 'utf8'));
      const declared = Object.entries(train).map(([key, value]) => [`train.${key}`, String(value)]);
      expect(byKey(runs[0]?.data.params ?? [])).toEqual(Object.fromEntries(declared));
      const metrics = JSON.parse(readFileSync(join(root, 'metrics/metrics.json'), 'utf8'));
      const logged = Object.fromEntries(
        runs[0]?.data.metrics.map((each) => [each.key, each.value]) ?? [],
      );
      expect(logged).toMatchObject({
        accuracy: metrics.accuracy,
        log_loss: metrics.log_loss,
        'macro.f1': metrics.macro.f1,
        cv_accuracy_mean: expect.any(Number),
      });
    });

    test('keeps the model with its signature and an example, and what the plots are drawn from', async () => {
      const model = parse(await artifact('model/MLmodel'));
      expect(model.signature.inputs).toMatch(/sepal_length/);
      const example = JSON.parse(
        await artifact(`model/${model.saved_input_example_info.artifact_path}`),
      );
      expect(example.columns).toContain('sepal_length');
      for (const file of ['metrics.json', 'confusion.csv', 'roc.csv']) {
        const kept = await artifact(`evaluation/${file}`);
        expect(kept).toBe(readFileSync(join(root, 'metrics', file), 'utf8'));
      }
    });

    test('says on the run and on the registered version where they come from', async () => {
      const lock = parse(readFileSync(join(root, 'dvc.lock'), 'utf8')).stages.train;
      const deps = lock.deps.map(({ path, md5 }: Record<string, string>) => [
        `sibling.dep.${path}`,
        md5,
      ]);
      const expected = {
        'sibling.model_md5': lock.outs[0].md5,
        'sibling.git_commit': git(root, 'rev-parse', 'HEAD'),
        'sibling.git_dirty': 'false',
        'sibling.image': image,
        'sibling.base_image': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        'sibling.run_url': 'https://github.com/ada/iris/actions/runs/42',
        ...Object.fromEntries(deps),
      };
      expect(deps).toHaveLength(2);
      expect(byKey(runs[0]?.data.tags ?? [])).toMatchObject(expected);
      const search = `api/2.0/mlflow/model-versions/search?filter=${encodeURIComponent("name='iris'")}`;
      const { model_versions: versions } = (await (await ask(search)).json()) as {
        model_versions: { run_id: string; tags: Tag[] }[];
      };
      expect(versions.map(({ run_id }) => run_id)).toEqual([runs[0]?.info.run_id]);
      expect(byKey(versions[0]?.tags ?? [])).toMatchObject(expected);
    });
  },
);

describe('where the server cannot be used', () => {
  let attacker: Attacker;
  let dagsHub: DagsHubStandIn;
  beforeAll(async () => {
    attacker = await startAttacker();
    dagsHub = await standIn('3');
  });
  afterAll(() => Promise.all([dagsHub.stop(), attacker.stop()]));

  const train = async (more: Record<string, string> = {}) => {
    rmSync(join(root, 'models'), { recursive: true, force: true });
    const args = ['run', '--single', '--force', 'train'];
    return sibling(root, args, { env: { ...settings(dagsHub.url), ...more } });
  };

  test('a stage that requires it ends before it trains; nobody else is told the token', async () => {
    const headers = { location: `${attacker.url}/took` };
    dagsHub.faults.set([{ service: 'mlflow', kind: 307, headers }]);
    const { code, stderr } = await train();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/MLflow server at .* could not be used to look for experiments/);
    expect(stderr).not.toMatch(/cross-validated accuracy/); // said once it has trained
    expect(existsSync(join(root, 'models/model.joblib'))).toBe(false);
    expect(attacker.received.length).toBeGreaterThan(0);
    expect(attacker.received.flatMap((request) => secret.hits(request))).toEqual([]);
  });

  test('one that does not warns, and goes on', async () => {
    const path = join(root, 'dvc.yaml');
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replaceAll('network: tracking', 'network: tracking\n        tracking: optional'),
    );
    const { code, stderr } = await train({ MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' });
    expect(stderr).toMatch(/warning: The MLflow server at .*127\.0\.0\.1:9.* could not be used/);
    expect(stderr).toMatch(/cross-validated accuracy/);
    expect(code).toBe(0);
    expect(existsSync(join(root, 'models/model.joblib'))).toBe(true);
  });
});
