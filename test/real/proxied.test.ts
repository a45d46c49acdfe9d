import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type DataProject, makeDataProject } from '../rig/data-project.ts';
import { type ConnectProxy, startConnectProxy } from '../rig/http/connect-proxy.ts';
import { makePrivateAuthority, type PrivateAuthority } from '../rig/http/private-authority.ts';
import { freePort, type ServerProcess, startServer } from '../rig/server-process.ts';
import { sibling } from '../rig/stage-project.ts';
import { toolPath } from '../rig/tools.ts';

jest.setTimeout(180_000);

// No name server has these: who goes directly finds nothing.
const names = { s3: 's3.company.test', mlflow: 'mlflow.company.test' };
const password = 's3cret/of:the proxy';
const keys = { access: 'company-key', secret: 'company-secret-key' };

const folder = mkdtempSync(join(tmpdir(), 'sibling-proxied-'));
let trust: PrivateAuthority;
let proxy: ConnectProxy;
let storage: ServerProcess;
let tracking: Server;
let project: DataProject;
let ports: { s3: number; mlflow: number };
/** This machine's address on the engine's bridge: not loopback, and reached without a proxy. */
const bridge = execFileSync(
  'docker',
  ['network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}'],
  { encoding: 'utf8' },
).trim();

beforeAll(async () => {
  trust = makePrivateAuthority(folder, [
    ...Object.values(names).map((name) => `DNS:${name}`),
    ...['IP:127.0.0.1', `IP:${bridge}`],
  ]);
  proxy = await startConnectProxy([...Object.values(names), bridge], password);
  const s3 = await freePort();
  mkdirSync(join(folder, 's3/bucket'), { recursive: true });
  storage = await startServer({
    program: toolPath('versitygw'),
    args: [
      ...['--quiet', '--port', `:${s3}`, '--cert', trust.certificate, '--key', trust.key],
      ...['--health', '/rig-health', 'posix', join(folder, 's3')],
    ],
    cwd: folder,
    env: { ROOT_ACCESS_KEY: keys.access, ROOT_SECRET_KEY: keys.secret },
    ready: `https://127.0.0.1:${s3}/rig-health`,
    deadline: 15_000,
  });
  const pem = (path: string) => readFileSync(path);
  tracking = createServer({ key: pem(trust.key), cert: pem(trust.certificate) }, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"registered_models": [], "model_versions": []}');
  });
  await new Promise<void>((resolve) => tracking.listen(0, '127.0.0.1', resolve));
  ports = { s3, mlflow: (tracking.address() as AddressInfo).port };
  project = makeDataProject({ files: { 'model.bin': 10_000 } });
});
afterAll(async () => {
  proxy.stop();
  tracking.closeAllConnections();
  tracking.close();
  await storage.stop();
  project.remove();
  rmSync(folder, { recursive: true });
});

/** The machine as its company has set it up; every variable for certificates but `by` is unset. */
function environment(host: string, by: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const certificates = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];
  const all = [...certificates, 'AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_DIR'];
  return {
    ...Object.fromEntries(all.map((name) => [name, undefined])),
    ...{ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: '', no_proxy: undefined },
    ...{ DVC_REMOTE_URL: 's3://bucket/x', AWS_ENDPOINT_URL: `https://${host}:${ports.s3}` },
    ...{ AWS_ACCESS_KEY_ID: keys.access, AWS_SECRET_ACCESS_KEY: keys.secret },
    AWS_REGION: 'us-east-1',
    [by]: trust.authority,
    ...more,
  };
}

function forget(): void {
  for (const path of ['model.bin', '.dvc/cache']) {
    rmSync(join(project.root, path), { recursive: true, force: true });
  }
}

test.each(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'])(
  'DVC gets through the proxy, and trusts the authority of %s',
  async (by) => {
    proxy.asked.length = 0;
    const env = environment(names.s3, by);
    const isFirst = by === 'SSL_CERT_FILE';
    const done = await sibling(project.root, [isFirst ? 'push' : 'pull'], { env });
    expect(done).toMatchObject({ code: 0 });
    if (isFirst) expect(done.stderr).toContain('The remote was asked, and has');
    else expect(readFileSync(join(project.root, 'model.bin'))).toHaveLength(10_000);
    forget();
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${names.s3}:${ports.s3}`]));
  },
);

test('NO_PROXY is kept to: a server that it names is asked directly, another is not', async () => {
  proxy.asked.length = 0;
  const direct = environment(bridge, 'SSL_CERT_FILE', { NO_PROXY: `other.test,${bridge}` });
  expect(await sibling(project.root, ['pull'], { env: direct })).toMatchObject({ code: 0 });
  expect(proxy.asked).toEqual([]);
  forget();
  const proxied = environment(bridge, 'SSL_CERT_FILE', { NO_PROXY: 'other.test' });
  expect(await sibling(project.root, ['pull'], { env: proxied })).toMatchObject({ code: 0 });
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${bridge}:${ports.s3}`]));
});

test('our own client of MLflow takes the same way', async () => {
  proxy.asked.length = 0;
  const uri = `https://${names.mlflow}:${ports.mlflow}`;
  const env = environment(names.s3, 'REQUESTS_CA_BUNDLE', { MLFLOW_TRACKING_URI: uri });
  const asked = await sibling(project.root, ['models', 'iris'], { env });
  expect(asked.stderr).not.toMatch(/does not answer|certificate/);
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${names.mlflow}:${ports.mlflow}`]));
});

test('a proxy that refuses is an error in time, and its password is shown nowhere', async () => {
  const wrong = proxy.url.replace('s3cret', 'wr0ngpw');
  const env = environment(names.s3, 'SSL_CERT_FILE', { HTTPS_PROXY: wrong });
  const done = await sibling(project.root, ['pull', '--verbose'], { env });
  expect(done.code).toBeGreaterThan(0);
  expect(done.code).not.toBe(70);
  expect(`${done.stdout}${done.stderr}`).not.toMatch(/wr0ngpw|s3cret/);
});
