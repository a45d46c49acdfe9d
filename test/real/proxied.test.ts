import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { busyboxImage } from '../rig/busybox-image.ts';
import { type DataProject, makeDataProject } from '../rig/data-project.ts';
import { type ConnectProxy, startConnectProxy } from '../rig/http/connect-proxy.ts';
import { makePrivateAuthority, type PrivateAuthority } from '../rig/http/private-authority.ts';
import { type S3Server, startS3Server } from '../rig/s3-server.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

jest.setTimeout(180_000);

// No name server has these: who goes directly finds nothing.
const names = {
  s3: 's3.company.test',
  mlflow: 'mlflow.company.test',
  packages: 'packages.company.test',
};
const password = 's3cret/of:the proxy';

const folder = mkdtempSync(join(tmpdir(), 'sibling-proxied-'));
let trust: PrivateAuthority;
let proxy: ConnectProxy;
let storage: S3Server;
/** What speaks TLS before the storage. */
let front: TlsServer;
let tracking: Server;
let project: DataProject;
let bases: readonly string[] = [];
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
  storage = await startS3Server();
  await storage.makeBucket('bucket');
  const pem = (path: string) => readFileSync(path);
  const identity = { key: pem(trust.key), cert: pem(trust.certificate) };
  const storagePort = Number(new URL(storage.endpoint).port);
  front = createTlsServer(identity, (socket) => {
    const behind = connect(storagePort, '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      one.on('error', () => other.destroy());
    }
  });
  tracking = createServer(identity, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"registered_model": {"name": "iris"}, "model_versions": []}');
  });
  await new Promise<void>((resolve) => tracking.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => front.listen(0, '0.0.0.0', resolve));
  const portOf = (server: Pick<Server, 'address'>) => (server.address() as AddressInfo).port;
  ports = { s3: portOf(front), mlflow: portOf(tracking) };
  project = makeDataProject({ files: { 'model.bin': 10_000 } });
  // Images come from the registries of this machine, not of the company.
  bases = baseImages();
  expect(await sibling(project.root, ['pull'], { env: { DVC_REMOTE_URL: folder } })).toMatchObject({
    code: expect.any(Number),
  });
});
afterAll(async () => {
  const made = baseImages().filter((image) => !bases.includes(image));
  if (made.length > 0) execFileSync('docker', ['rmi', ...made], { stdio: 'ignore' });
  proxy.stop();
  tracking.closeAllConnections();
  tracking.close();
  front.close();
  await storage.stop();
  project.remove();
  rmSync(folder, { recursive: true });
});

/** The base images that trust a machine's own authorities, of which each run here makes one. */
function baseImages(): string[] {
  const asked = ['images', '--format', '{{.Repository}}:{{.Tag}}', 'sibling/base'];
  return execFileSync('docker', asked, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** The machine as its company has set it up; every variable for certificates but `by` is unset. */
function environment(host: string, by: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const certificates = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];
  const all = [...certificates, 'AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_DIR'];
  return {
    ...Object.fromEntries(all.map((name) => [name, undefined])),
    ...{ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: '', no_proxy: undefined },
    ...{ DVC_REMOTE_URL: 's3://bucket/x', AWS_ENDPOINT_URL: `https://${host}:${ports.s3}` },
    ...{ AWS_ACCESS_KEY_ID: storage.accessKey, AWS_SECRET_ACCESS_KEY: storage.secretKey },
    AWS_REGION: storage.region,
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

test('a stage’s image is built through the proxy, and keeps nothing of its password', async () => {
  proxy.asked.length = 0;
  const root = makeProject({ stages: { make: { script: 'true' } } });
  // Written as a person does who installs something.
  const dockerfile = [
    `FROM ${busyboxImage}`,
    `RUN sh -c 'wget -q -O /fetched http://${names.packages}/${process.pid} && cat /fetched'`,
  ];
  writeFileSync(join(root, 'stages/make/Dockerfile'), dockerfile.join('\n'));
  const built = await sibling(root, ['build', '--verbose'], {
    env: { HTTP_PROXY: proxy.url, http_proxy: proxy.url },
  });
  expect(built).toMatchObject({ code: 0, stderr: expect.stringContaining('by the proxy') });
  expect(proxy.asked).toEqual([`GET http://${names.packages}/${process.pid}`]);
  const image = /Built image (sibling\/make:\S+)/.exec(built.stderr)?.[1] ?? '';
  const history = execFileSync('docker', ['history', '--no-trunc', image], { encoding: 'utf8' });
  expect(`${history}${built.stderr}`).not.toContain('s3cret');
  removeProject(root);
});

test('a proxy that refuses is an error in time, and its password is shown nowhere', async () => {
  const wrong = proxy.url.replace('s3cret', 'wr0ngpw');
  const env = environment(names.s3, 'SSL_CERT_FILE', { HTTPS_PROXY: wrong });
  const done = await sibling(project.root, ['pull', '--verbose'], { env });
  expect(done).toMatchObject({ code: 8, stderr: expect.stringMatching(/proxy .*refuses/) });
  expect(done.stderr).not.toContain('trying again');
  expect(`${done.stdout}${done.stderr}`).not.toMatch(/wr0ngpw|s3cret/);
});
