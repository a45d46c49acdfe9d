import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Docker from 'dockerode';
import { findProject } from '../../src/project/project.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import { doctor, stateOf, statesBut } from '../rig/doctor.ts';
import { startMlflowServer } from '../rig/mlflow-server.ts';
import { makeProject, removeProject, sibling, startSibling } from '../rig/stage-project.ts';

jest.setTimeout(180_000);

const secret = canary();
let dagsHub: DagsHubStandIn;
let root = '';
const minutes = 60_000;

beforeAll(async () => {
  await ensureBusyboxImage();
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', secret.token);
  dagsHub.addUser('eve', 'token-of-eve');
  dagsHub.addRepository('ada', 'iris', { private: true, collaborators: { eve: 'read' } });
  root = makeProject({
    stages: { one: { script: 'echo 1 > one', entry: { outs: ['one'] } } },
    files: { '.gitignore': '.env\n' },
  });
  // Makes the dvc-runner image, and shows that the remote is well.
  expect(await sibling(root, ['push'], { env: as('ada', secret.token) })).toMatchObject({
    code: 0,
  });
});
afterAll(async () => {
  removeProject(root);
  await dagsHub.stop();
});
beforeEach(() => {
  dagsHub.faults.set([]);
  dagsHub.clock.ahead = 0;
  dagsHub.requests.length = 0;
});

function as(user: string, token: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    DAGSHUB_CLIENT_HOST: dagsHub.url,
    DAGSHUB_USER_NAME: user,
    DAGSHUB_TOKEN: token,
    DAGSHUB_REPO: 'ada/iris',
    ...more,
  };
}

/** What the storage holds; a bucket's own folder apart. */
async function objects(): Promise<string[]> {
  const [repository] = dagsHub.world.repositories;
  if (!repository) throw new Error('there is no repository');
  const { folder } = await dagsHub.storage(repository);
  const entries = readdirSync(join(folder, 'dvc'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function models(): Promise<string[]> {
  const basic = Buffer.from(`ada:${secret.token}`).toString('base64');
  const url = `${dagsHub.url}/ada/iris.mlflow/api/2.0/mlflow/registered-models/search`;
  const answer = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
  const { registered_models: found = [] } = (await answer.json()) as {
    registered_models?: { name: string }[];
  };
  return found.map(({ name }) => name);
}

const services = ['clock', 'dagshub-user', 'dagshub-repo', 'dagshub-write', 'dvc-remote'];
const mlflow = ['mlflow', 'mlflow-auth', 'mlflow-write', 'mlflow-aliases'];

test('all is well: the probes are gone, nothing secret is told, nobody else is asked', async () => {
  const words = secret.watchArguments();
  const env = as('ada', secret.token);
  const found = await doctor(root, env, { args: ['--write-probes'] });
  expect(words.stop()).toEqual([]);
  for (const name of [...services, ...mlflow]) {
    expect([name, stateOf(found, name)]).toEqual([name, 'ok']);
  }
  expect(found.code).toBe(0);
  expect(found.check('mlflow').text).toMatch(/^MLflow 3\.\d+\.\d+ at /);
  expect(found.check('mlflow-aliases').text).toMatch(/was kept, and the model removed/);
  const probe = dagsHub.requests.filter(({ path }) => path.includes('/sibling-doctor/'));
  expect(new Set(probe.map(({ method }) => method))).toContain('PUT');
  expect(new Set(probe.map(({ path }) => path.replace(/\?.*/, ''))).size).toBe(1);
  expect(await objects()).toEqual([]);
  expect(await models()).toEqual([]);
  const plain = await sibling(root, ['doctor'], { env });
  expect(secret.hits(found.stdout + found.stderr + plain.stdout + plain.stderr)).toEqual([]);
  expect(secret.files(root)).toEqual([]);
});

describe('DVC push fails', () => {
  test('because the user may only read: three checks say so, each for its server', async () => {
    const found = await doctor(root, as('eve', 'token-of-eve'));
    expect(found.check('dagshub-write')).toMatchObject({
      state: 'failure',
      kind: 'credentials',
      text: expect.stringMatching(/eve may read ada\/iris, but not write/),
    });
    expect(found.check('dvc-remote')).toMatchObject({
      state: 'failure',
      kind: 'credentials',
      text: expect.stringMatching(/takes no object: it lets these credentials read, but not write/),
    });
    expect(found.check('mlflow-write')).toMatchObject({
      state: 'failure',
      text: expect.stringMatching(/lets eve read, but not write/),
    });
    const refused = ['dagshub-write', 'dvc-remote', 'mlflow-write'];
    expect(statesBut(found, refused)).not.toContain('failure');
    expect(found.code).toBe(8);
  });

  test.each([
    [403, 8, /read, but not write/],
    [503, 7, /has trouble of its own/],
  ] as const)('because the storage answers every write with %i', async (kind, code, words) => {
    dagsHub.faults.set([{ service: 's3', match: '^PUT', kind }]);
    const found = await doctor(root, as('ada', secret.token));
    expect(found.check('dvc-remote')).toMatchObject({
      state: 'failure',
      text: expect.stringMatching(words),
    });
    expect(statesBut(found, ['dvc-remote'])).not.toContain('failure');
    expect(found.code).toBe(code);
    expect(await objects()).toEqual([]);
  });

  test('because nothing can be got back: the probe that arrived is deleted', async () => {
    dagsHub.faults.set([{ service: 's3', match: '^GET .*sibling-doctor', kind: 403 }]);
    const found = await doctor(root, as('ada', secret.token));
    expect(found.check('dvc-remote').text).toMatch(/does not give back/);
    expect(await objects()).toEqual([]);
  });

  test('a probe that cannot be deleted is named', async () => {
    dagsHub.faults.set([{ service: 's3', match: '^(DELETE|POST) ', kind: 403 }]);
    const { state, hint } = (await doctor(root, as('ada', secret.token))).check('dvc-remote');
    expect(state).toBe('warning');
    const [left = ''] = await objects();
    expect(left).toMatch(/^[0-9a-f]{32}$/);
    expect(hint).toContain(`s3://dvc/sibling-doctor/${left} is still there`);
    const [repository] = dagsHub.world.repositories;
    const { folder } = await dagsHub.storage(repository as NonNullable<typeof repository>);
    rmSync(join(folder, 'dvc/sibling-doctor'), { recursive: true });
  });
});

describe('credentials', () => {
  test('MLflow authentication fails: with a wrong password of its own', async () => {
    const more = { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'wrong-password' };
    const found = await doctor(root, as('ada', secret.token, more));
    expect(found.check('mlflow-auth')).toMatchObject({
      state: 'failure',
      kind: 'credentials',
      text: expect.stringMatching(/does not accept the user and password \(HTTP 401\)/),
      hint: expect.stringMatching(/MLFLOW_TRACKING_PASSWORD/),
    });
    expect(statesBut(found, ['mlflow-auth'])).not.toContain('failure');
    expect(found.check('mlflow-write').text).toBe('needs mlflow-auth, which failed');
    expect(found.stdout).not.toContain('wrong-password');
    expect(found.code).toBe(8);
  });

  test('in an address are not told, whatever a program says of it', async () => {
    const uri = `http://ada:${secret.token}@127.0.0.1:9/ada/iris.mlflow`;
    const env = { SIBLING_LOCAL_REMOTE: `${root}-remote`, MLFLOW_TRACKING_URI: uri };
    const found = await doctor(root, env);
    expect(found.check('mlflow')).toMatchObject({ state: 'failure', kind: 'tracking' });
    expect(found.check('mlflow').text).toContain('127.0.0.1:9');
    expect(secret.hits(found.stdout + found.stderr)).toEqual([]);
  });

  test('a wrong token is refused by every server, and told by each', async () => {
    const found = await doctor(root, as('ada', 'wrong-token'));
    expect(found.check('dagshub-user').text).toMatch(/does not accept the token of user ada/);
    expect(found.check('dagshub-write').text).toBe('needs dagshub-user, which failed');
    for (const name of ['dvc-remote', 'mlflow-auth']) expect(stateOf(found, name)).toBe('failure');
    expect(found.stdout).not.toContain('wrong-token');
    expect(found.code).toBe(8);
  });

  test('an unknown repository', async () => {
    const found = await doctor(root, as('ada', secret.token, { DAGSHUB_REPO: 'ada/irsi' }));
    expect(stateOf(found, 'dagshub-user')).toBe('ok');
    expect(found.check('dagshub-repo').text).toMatch(/ada sees no repository ada\/irsi/);
    expect(found.code).toBe(8);
  });
});

describe('the clock', () => {
  test('of 20 minutes too late: a failure, and S3 refuses', async () => {
    dagsHub.clock.ahead = 20 * minutes;
    const found = await doctor(root, as('ada', secret.token));
    expect(found.check('clock')).toMatchObject({
      state: 'failure',
      text: expect.stringMatching(/clock is (19 min 59|20 min \d) s behind that of .*S3 refuses/),
    });
    expect(found.check('dvc-remote').text).toMatch(/refuses this machine's clock/);
    expect(found.code).toBe(3);
  });

  test('of two minutes too early: a warning', async () => {
    dagsHub.clock.ahead = -2 * minutes;
    const env = as('ada', secret.token, { DVC_REMOTE_URL: '/nowhere' });
    const found = await doctor(root, env);
    expect(found.check('clock').state).toBe('warning');
    expect(found.check('clock').text).toMatch(/(1 min 59|2 min \d) s ahead of/);
  });
});

describe('aliases', () => {
  test('that the server forgets are found by a model of our own, which is removed', async () => {
    dagsHub.world.forgetsAliases = true;
    const found = await doctor(root, as('ada', secret.token), { args: ['--write-probes'] });
    dagsHub.world.forgetsAliases = false;
    expect(found.check('mlflow-aliases')).toMatchObject({
      state: 'failure',
      kind: 'tracking',
      text: expect.stringMatching(/does not keep aliases/),
    });
    expect(await models()).toEqual([]);
  });

  test('are only read without --write-probes', async () => {
    const found = await doctor(root, as('ada', secret.token));
    expect(found.check('mlflow-aliases').text).toMatch(/no model has an alias yet/);
    const writes = dagsHub.requests.filter(
      ({ service, method, path }) =>
        service === 'mlflow' && method !== 'GET' && !/search|log-parameter/.test(path),
    );
    expect(writes).toEqual([]);
  });
});

test('MLflow 2.22, which is open to everyone, passes the same checks', async () => {
  const server = await startMlflowServer({ version: '2' });
  const env = { SIBLING_LOCAL_REMOTE: `${root}-remote`, MLFLOW_TRACKING_URI: server.uri };
  const found = await doctor(root, env, { args: ['--write-probes'] });
  await server.stop();
  for (const name of mlflow) expect([name, stateOf(found, name)]).toEqual([name, 'ok']);
  expect(found.check('mlflow').text).toMatch(/^MLflow 2\.22\.\d+ at /);
  expect(found.check('mlflow-auth').text).toMatch(/asks for no credentials/);
});

test('Ctrl-C while the remote is slow: all ends soon, no container and no probe stays', async () => {
  dagsHub.faults.set([
    { service: 's3', match: '^GET .*sibling-doctor', kind: 'slow', delay: 6_000 },
  ]);
  const running = startSibling(root, ['doctor'], { env: as('ada', secret.token) });
  while (!dagsHub.requests.some(({ method, path }) => method === 'PUT' && /doctor/.test(path))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const begun = performance.now();
  running.kill('SIGINT');
  const { code, stderr } = await running.finished;
  expect(code).toBe(130);
  expect(stderr).toMatch(/stopped by SIGINT/);
  expect((performance.now() - begun) / 1000).toBeLessThan(5);
  const label = [`sibling.project=${findProject(root).id}`];
  expect(await new Docker().listContainers({ all: true, filters: { label } })).toEqual([]);
  expect(await objects()).toEqual([]);
  expect(readdirSync(join(root, '.sibling')).filter((name) => name.startsWith('doctor-'))).toEqual(
    [],
  );
});

test('an odd remote in .dvc/config is told, and asked nothing', async () => {
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(`${request.url}`);
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const remote = `url = s3://dvc\n    endpointurl = http://127.0.0.1:${port}\n    ssl_verify = false`;
  const config = `[core]\n    remote = origin\n['remote "origin"']\n    ${remote}\n`;
  writeFileSync(join(root, '.dvc/config'), config);
  const found = await doctor(root, as('ada', secret.token));
  writeFileSync(join(root, '.dvc/config'), '');
  elsewhere.close();
  expect(found.check('dvc-config')).toMatchObject({
    state: 'warning',
    text: expect.stringMatching(/leads to 127\.0\.0\.1, while .*ssl_verify = false/),
  });
  expect(stateOf(found, 'dvc-remote')).toBe('ok');
  expect(asked).toEqual([]);
});
