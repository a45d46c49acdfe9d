import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { mlflowClient } from '../../src/mlflow/client.ts';
import { findModel, findVersion, listVersions } from '../../src/mlflow/registry.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { forwardedHeaders, relay } from '../rig/http/relay.ts';
import { type MlflowServer, startMlflowServer } from '../rig/mlflow-server.ts';
import {
  type Finished,
  git,
  makeProject,
  removeProject,
  sibling,
  startSibling,
} from '../rig/stage-project.ts';

const train = `
if [ "\${1:-}" = --register ]; then
  ask() {
    wget -q -O - --header 'Content-Type: application/json' --post-data "$2" "$MLFLOW_TRACKING_URI/api/2.0/mlflow/$1"
  }
  md5=$(md5sum model.txt | cut -c 1-32)
  ask registered-models/create '{"name": "shop"}' || true
  ask model-versions/create "{\\"name\\": \\"shop\\", \\"source\\": \\"s3://elsewhere/model\\", \\"tags\\": [{\\"key\\": \\"sibling.model_md5\\", \\"value\\": \\"$md5\\"}]}"
  touch model.txt 2> /dev/null && echo 'writable!' || true
  exit
fi
cat params.yaml > model.txt`;
const evaluate = `echo "{\\"accuracy\\": 0.$(cut -c 10-11 model.txt)}" > metrics.json`;

beforeAll(() => ensureBusyboxImage(new Docker()));

/** A pipeline whose accuracy is the parameter `quality`, and whose model is another for each. */
function makeShop(): string {
  return makeProject({
    stages: {
      train: {
        script: train,
        entry: {
          params: ['quality'],
          outs: ['model.txt'],
          meta: {
            sibling: {
              network: 'tracking',
              env: ['MLFLOW_TRACKING_URI'],
              register: ['sh', '/run.sh', '--register'],
            },
          },
        },
      },
      evaluate: {
        script: evaluate,
        entry: {
          deps: ['model.txt'],
          metrics: [{ 'metrics.json': { cache: false } }],
          meta: { sibling: { metrics: { accuracy: { better: 'higher', min: 0.5 } } } },
        },
      },
    },
    files: { 'params.yaml': 'quality: 90\n' },
  });
}

describe.each(['2', '3'] as const)('promotion with MLflow %s', (version) => {
  let server: MlflowServer;
  let root = '';
  beforeAll(async () => {
    server = await startMlflowServer({ version });
    root = makeShop();
  });
  afterAll(async () => {
    await server.stop();
    removeProject(root);
  });

  const environment = (): NodeJS.ProcessEnv => ({
    MLFLOW_TRACKING_URI: server.uri,
    DAGSHUB_REPO: 'ada/shop',
  });
  const client = () => mlflowClient(server);
  const call = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> =>
    sibling(root, args, { env: { ...environment(), ...env } });
  const holder = async (alias: string) => (await findModel(client(), 'shop'))?.aliases.get(alias);
  const claims = async () => [...((await findModel(client(), 'shop'))?.tags.keys() ?? [])];
  const tagsOf = async (number: number) => (await findVersion(client(), 'shop', number))?.tags;

  async function runWith(quality: number, ...stages: string[]): Promise<void> {
    writeFileSync(join(root, 'params.yaml'), `quality: ${quality}\n`);
    expectSuccess(await call(['run', ...stages]));
  }

  test('nothing has run: said, and nothing is made', async () => {
    const result = await call(['promote']);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/no version of model shop|no hash of/);
    expect(await findModel(client(), 'shop')).toBeUndefined();
  });

  test('a dry run and a refusal register nothing', async () => {
    await runWith(40);
    declareModel(root);
    const refused = await call(['promote']);
    expect(refused.code).toBe(11);
    expect(refused.stderr).toMatch(
      /the model in dvc\.lock does not become production: accuracy breaks/,
    );
    await runWith(90);
    const dry = await call(['promote', '--dry-run']);
    expectSuccess(dry);
    expect(dry.stderr).toMatch(/the model in dvc\.lock would become production/);
    expect(dry.stderr).toMatch(/it is registered first/);
    expect(dry.stderr).toMatch(/Nothing was changed/);
    expect(await findModel(client(), 'shop')).toBeUndefined();
  });

  test('what lies in the workspace is registered only if it is what dvc.lock names', async () => {
    const model = join(root, 'model.txt');
    const content = readFileSync(model);
    rmSync(model);
    writeFileSync(model, 'quality: 99\n');
    const result = await call(['promote']);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/model\.txt is not what dvc\.lock says/);
    expect(await findModel(client(), 'shop')).toBeUndefined();
    writeFileSync(model, content);
  });

  test('a model from the cache is registered first, then promoted; its tags say why', async () => {
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'ninety');
    const result = await call(['promote']);
    expect(result.stderr).toMatch(/registering it/);
    expectSuccess(result);
    expect(result.stderr).not.toMatch(/writable!/);
    expect(await holder('production')).toBe(1);
    const tags = await tagsOf(1);
    expect(JSON.parse(tags?.get('sibling.metrics') ?? '')).toEqual({ accuracy: 0.9 });
    expect(tags?.get('sibling.lock_commit')).toBe(git(root, 'rev-parse', 'HEAD'));
    expect(JSON.parse(tags?.get('sibling.promotion.production') ?? '')).toMatchObject({
      over: null,
      gates: { accuracy: 'added' },
    });
    expect(await claims()).toEqual([]);
  });

  test('again: nothing to do, and no second version', async () => {
    const result = await call(['promote']);
    expectSuccess(result);
    expect(result.stderr).toMatch(/shop: version 1 is already production/);
    expect(await listVersions(client(), 'shop')).toHaveLength(1);
  });

  test('a dry run tells and changes nothing; then the better model is promoted', async () => {
    await runWith(95);
    expectSuccess(await call(['promote', '--alias', 'other']));
    const dry = await call(['promote', '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      outcome: 'would-promote',
      version: 2,
      previous: 1,
      rows: [{ key: 'accuracy', verdict: 'improved' }],
    });
    expect(await holder('production')).toBe(1);
    expect((await tagsOf(2))?.has('sibling.promotion.production')).toBe(false);
    const result = await call(['promote']);
    expectSuccess(result);
    expect(result.stderr).toMatch(/better +accuracy +0\.9 +0\.95/);
    expect(await holder('production')).toBe(2);
  });

  test('a worse model is refused, with the table of gates, unless somebody says why not', async () => {
    await runWith(80);
    const summary = join(root, '.sibling/summary.md');
    const refused = await call(['promote'], { GITHUB_STEP_SUMMARY: summary });
    expect(refused.code).toBe(11);
    expect(refused.stderr).toMatch(/worse +accuracy +0\.95 +0\.8/);
    expect(refused.stderr).toMatch(
      /the model in dvc\.lock does not become production: accuracy breaks/,
    );
    expect(execFileSync('cat', [summary], { encoding: 'utf8' })).toMatch(
      /❌.*\n(.*\n)*.*\| `accuracy` \|/,
    );
    expect(await holder('production')).toBe(2);
    const forced = await call(['promote', '--override', 'the other one is too slow']);
    expectSuccess(forced);
    expect(await holder('production')).toBe(3);
    const why = JSON.parse((await tagsOf(3))?.get('sibling.promotion.production') ?? '');
    expect(why).toMatchObject({ over: 2, override: 'the other one is too slow' });
  });

  test('the old stage Production is the alias production, for setting and for holding it', async () => {
    expect(await call(['promote', '--alias', 'Production', '--version', '2'])).toMatchObject({
      code: 0,
    });
    expect(await holder('production')).toBe(2);
    await client().send('DELETE', 'registered-models/alias', { name: 'shop', alias: 'staging' });
    await client().send('POST', 'model-versions/transition-stage', {
      ...{ name: 'shop', version: '2', stage: 'Staging', archive_existing_versions: false },
    });
    const result = await call(['promote', '--alias', 'Staging', '--version', '1']);
    expect(result.code).toBe(11);
    expect(result.stderr).toMatch(/accuracy breaks its gate against version 2/);
    const models = await call(['models']);
    expect(models.stdout).toMatch(/^▶? +2 .*production/m);
  });

  test('two at once: one after the other, and the best one holds the alias', async () => {
    for (const round of [1, 2, 3]) {
      const alias = `round-${round}`;
      const both = await Promise.all(
        ['1', '2'].map((number) =>
          call(['promote', '--alias', alias, '--version', number, '--json']),
        ),
      );
      const results = both.map(({ stdout }) => JSON.parse(stdout));
      expect(await holder(alias)).toBe(2);
      // Whoever came second was compared with the first.
      const [first, second] = results;
      expect([first.outcome, first.previous, second.outcome, second.previous]).toEqual(
        second.previous === 1
          ? ['promoted', undefined, 'promoted', 1]
          : ['refused', 2, 'promoted', undefined],
      );
    }
  }, 120_000);

  test('metrics of another model, and a metrics file that was changed, promote nothing', async () => {
    await runWith(97, 'train');
    const other = await call(['promote']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /stage evaluate last ran with another model\.txt than train has made/,
    );
    await runWith(97);
    writeFileSync(join(root, 'metrics.json'), '{"accuracy": 0.99}');
    const edited = await call(['promote']);
    expect(edited.code).toBe(2);
    expect(edited.stderr).toMatch(/metrics\.json is not what dvc\.lock says/);
    rmSync(join(root, 'metrics.json'));
    expect((await call(['promote'])).stderr).toMatch(/metrics\.json is not here/);
    expect(await holder('production')).toBe(2);
  });

  /** A front of the server that answers some requests itself, with a status. */
  async function front(answers: (request: IncomingMessage) => number | undefined) {
    const standIn = createServer((request, response) => {
      const status = answers(request);
      if (status !== undefined) {
        request.resume();
        response.writeHead(status).end('{}');
        return;
      }
      const url = new URL(server.uri);
      const headers = { ...forwardedHeaders(request), host: url.host };
      // Ctrl-C cuts the connection.
      relay(request, response, url, request.url ?? '', headers).catch(() => undefined);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => standIn.once('listening', resolve));
    return {
      env: { MLFLOW_TRACKING_URI: `http://127.0.0.1:${(standIn.address() as AddressInfo).port}` },
      stop() {
        standIn.closeAllConnections();
        standIn.close();
      },
    };
  }

  test('a server that does not keep aliases is found out', async () => {
    const { env, stop } = await front(({ method, url }) =>
      method === 'POST' && url?.endsWith('registered-models/alias') ? 200 : undefined,
    );
    const result = await call(['promote', '--alias', 'fresh', '--version', '2'], env);
    stop();
    expect(result.code).toBe(9);
    expect(result.stderr).toMatch(/fresh was set to version 2.*the server says that no version/);
    expect((await tagsOf(2))?.has('sibling.promotion.fresh')).toBe(false);
  });

  test('where the tags cannot be written the alias does not move', async () => {
    await runWith(96);
    const { env, stop } = await front(({ url }) =>
      url?.endsWith('model-versions/set-tag') ? 400 : undefined,
    );
    const result = await call(['promote', '--alias', 'tagged'], env);
    stop();
    expect(result.code).toBe(9);
    expect(await holder('tagged')).toBeUndefined();
    expect(await claims()).toEqual([]);
  });

  test('a command that cannot register is told as what it is', async () => {
    await runWith(98);
    const { env, stop } = await front(({ url }) =>
      url?.endsWith('model-versions/create') ? 400 : undefined,
    );
    const result = await call(['promote'], env);
    stop();
    expect(result.code).toBe(9);
    expect(result.stderr).toMatch(
      /the command that registers the model of stage train \(sh \/run\.sh --register\) failed/,
    );
    expect(await holder('production')).toBe(2);
  });

  test('Ctrl-C in the middle takes the claim back', async () => {
    let asked: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { env, stop } = await front(({ method, url }) => {
      if (method === 'POST' && url?.endsWith('registered-models/alias')) asked();
      return undefined;
    });
    const started = startSibling(root, ['promote', '--alias', 'stopped', '--version', '2'], {
      env: { ...environment(), ...env },
    });
    await reached;
    started.kill('SIGINT');
    const result = await started.finished;
    stop();
    expect([0, 130]).toContain(result.code);
    expect(await claims()).toEqual([]);
  });

  test('a holder that has no metrics is not passed over: somebody has to say so', async () => {
    await client().send('POST', 'model-versions/create', {
      name: 'shop',
      source: 's3://elsewhere/model',
    });
    const [newest] = await listVersions(client(), 'shop');
    const number = String(newest?.number);
    await client().send('POST', 'registered-models/alias', {
      ...{ name: 'shop', alias: 'legacy', version: number },
    });
    const result = await call(['promote', '--alias', 'legacy', '--version', '2']);
    expect(result.code).toBe(11);
    expect(result.stderr).toMatch(/Neither the tags nor the run of version \d+.* have metrics/);
  });

  test('a model’s name may have an apostrophe', async () => {
    await client().send('POST', 'registered-models/create', { name: "it's" });
    const source = 's3://elsewhere/model';
    await client().send('POST', 'model-versions/create', { name: "it's", source });
    expect((await call(['models', "it's"])).stdout).toMatch(/^ +1 +- +/m);
  });

  test.each([
    [['promote', '--version', '77'], 2, /has no version 77.*\n.*3, 2, 1/],
    [['promote', '--override', ' '], 2, /--override has no reason/],
    [['promote', 'shopp'], 2, /has no model shopp, and it is no name of this project/],
    [['promote', '--version', 'two'], 2, /"two" is not the number of a version/],
    [['promote', '--alias', 'v3'], 2, /"v3" cannot be an alias/],
    [['models', 'nobody'], 0, /no version of nobody/],
  ])('%j: exit code %d', async (args, code, message) => {
    const result = await call(args);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });
});

test('without a server: what does not answer, and where', async () => {
  const root = makeShop();
  const env = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:2/mlflow' };
  const result = await sibling(root, ['models'], { env });
  removeProject(root);
  expect(result.stderr).toMatch(/http:\/\/127\.0\.0\.1:2\/mlflow does not answer: ECONNREFUSED/);
  expect(result.code).toBe(9);
}, 60_000);

function expectSuccess({ code, stderr }: Finished): void {
  if (code !== 0) throw new Error(`exit code ${code}:\n${stderr}`);
}

function declareModel(root: string): void {
  const path = join(root, 'dvc.yaml');
  const text = execFileSync('cat', [path], { encoding: 'utf8' });
  writeFileSync(path, `${text}artifacts:\n  shop:\n    path: model.txt\n    type: model\n`);
}
