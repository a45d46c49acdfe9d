import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../src/errors.ts';
import { httpFetch } from '../../src/network/http.ts';

// Only the proxy knows where these are: a request that goes directly finds nothing.
const host = 'mlflow.sibling.test';
const folder = mkdtempSync(join(tmpdir(), 'sibling-network-'));
const authority = join(folder, 'ca.pem');
const asked: string[] = [];
let servers: Server[] = [];
let port = { http: 0, https: 0, proxy: 0 };

const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** Lets through who logs in as ada, to the one host that it knows. */
function proxyServer(): Server {
  const login = `Basic ${Buffer.from('ada:s3:cret').toString('base64')}`;
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push(url);
    if (headers['proxy-authorization'] !== login) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [name, number] = url.split(':');
    const target = connect(Number(number), name === host ? '127.0.0.1' : '0.0.0.0', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [target, socket]) end.on('error', () => socket.destroy());
  });
  return server;
}

beforeAll(async () => {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const subject = ['-subj', '/CN=test', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  openssl('req', '-x509', ...subject, '-keyout', 'ca.key', '-out', 'ca.pem');
  const names = ['-addext', `subjectAltName=DNS:${host},IP:127.0.0.1`];
  openssl(
    'req',
    '-x509',
    ...subject,
    ...names,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
  );
  const pem = (name: string) => readFileSync(join(folder, name));
  const answer = (_: unknown, response: { end(text: string): void }) => response.end('here');
  port = {
    http: await listen(createServer(answer)),
    https: await listen(createTlsServer({ key: pem('key.pem'), cert: pem('cert.pem') }, answer)),
    proxy: await listen(proxyServer()),
  };
});
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  servers = [];
  rmSync(folder, { recursive: true });
});

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'];
const before = Object.fromEntries(
  [
    ...names,
    ...names.map((name) => name.toLowerCase()),
    'NODE_EXTRA_CA_CERTS',
    'CURL_CA_BUNDLE',
    'ALL_PROXY',
  ].map((name) => [name, process.env[name]]),
);
function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
const nothing = Object.fromEntries(Object.keys(before).map((name) => [name, undefined]));
afterEach(() => {
  asked.length = 0;
  setEnvironment(before);
});

/** The answer, or why there is none. */
async function get(url: string, variables: Readonly<Record<string, string>>): Promise<string> {
  setEnvironment({ ...nothing, ...variables });
  try {
    const signal = AbortSignal.timeout(10_000);
    return await (await httpFetch(url, { redirect: 'error', signal })).text();
  } catch (error) {
    if (error instanceof ExpectedFailure) return error.failure.cause;
    const { cause, message } = error as { cause?: { code?: string }; message: string };
    return cause?.code ?? message;
  }
}

const proxy = () => `http://ada:s3%3Acret@127.0.0.1:${port.proxy}`;

test('what only a proxy reaches is reached through it, http and https', async () => {
  expect(await get(`http://${host}:${port.http}/`, { HTTP_PROXY: proxy() })).toBe('here');
  const https = { HTTPS_PROXY: proxy(), SSL_CERT_FILE: authority };
  expect(await get(`https://${host}:${port.https}/`, https)).toBe('here');
  expect(asked).toEqual([`${host}:${port.http}`, `${host}:${port.https}`]);
});

test('and not without it, nor where NO_PROXY names the host', async () => {
  const url = `http://${host}:${port.http}/`;
  expect(await get(url, {})).toMatch(/ENOTFOUND|EAI_AGAIN/);
  expect(await get(url, { HTTP_PROXY: proxy(), NO_PROXY: 'sibling.test' })).toMatch(
    /ENOTFOUND|EAI_AGAIN/,
  );
  expect(asked).toEqual([]);
});

test('this machine itself is asked directly', async () => {
  expect(await get(`http://127.0.0.1:${port.http}/`, { HTTP_PROXY: proxy() })).toBe('here');
  expect(asked).toEqual([]);
});

test('a password with a bare % is sent as it is', async () => {
  const url = `http://${host}:${port.http}/`;
  await get(url, { HTTP_PROXY: `http://ada:50%@127.0.0.1:${port.proxy}` });
  expect(asked).toHaveLength(1);
});

test('a proxy that refuses, or that is away, is an error', async () => {
  const url = `http://${host}:${port.http}/`;
  expect(await get(url, { HTTP_PROXY: `http://127.0.0.1:${port.proxy}` })).not.toBe('here');
  expect(await get(url, { HTTP_PROXY: 'http://127.0.0.1:1' })).toBe('ECONNREFUSED');
});

test.each(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'])(
  'an authority of one’s own is trusted by %s',
  async (name) => {
    const url = `https://127.0.0.1:${port.https}/`;
    expect(await get(url, { [name]: authority })).toBe('here');
    expect(await get(url, {})).toMatch(/CERT|UNABLE_TO/);
    expect(await get(url, { [name]: join(folder, 'gone.pem') })).toMatch(/CERT|UNABLE_TO/);
    expect(await get(url, { [name]: folder })).toBe('here');
    expect(await get(url, { [name]: join(authority, 'below') })).toMatch(
      /cannot be read \(ENOTDIR\)/,
    );
  },
);
