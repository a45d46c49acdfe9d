import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gitOverNetwork } from '../../src/git/network.ts';

const root = mkdtempSync(join(tmpdir(), 'sibling-git-network-'));
const silent: ServerResponse[] = [];
let server: Server;
let address = '';

beforeAll(async () => {
  execFileSync('git', ['init', '--quiet', root]);
  server = createServer((request, response) => {
    if (request.url?.startsWith('/silent')) silent.push(response);
    else if (request.url?.startsWith('/gone')) response.writeHead(500).end();
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const fetch = (path: string, signal: AbortSignal, limits = {}) =>
  gitOverNetwork(root, ['fetch', `${address}/${path}`], signal, limits);
const never = new AbortController().signal;

test('a server that says nothing is given up', async () => {
  const slow = await fetch('silent', never, { quiet: 1 });
  expect(slow).toEqual({ isDone: false, reason: expect.stringMatching(/too slow/i) });
  const late = await fetch('silent', never, { longest: 1 });
  expect(late).toEqual({ isDone: false, reason: 'git fetch was given up after 1 seconds' });
});

test('an interruption ends it', async () => {
  const stop = new AbortController();
  const fetched = fetch('silent', stop.signal, { longest: 20 });
  setTimeout(() => stop.abort(new Error('interrupted')), 300);
  const begun = performance.now();
  await expect(fetched).rejects.toThrow('interrupted');
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('no token of the address is told', async () => {
  const args = ['fetch', `${address.replace('//', '//ada:s3cret@')}/gone`];
  const { reason } = (await gitOverNetwork(root, args, never)) as { reason: string };
  expect(reason).toMatch(/gone.* 500/);
  expect(reason).not.toMatch(/s3cret/);
});

test('nobody is asked for a password; Git’s last line says why', async () => {
  expect(await fetch('private', never)).toEqual({
    isDone: false,
    reason: expect.stringMatching(/terminal prompts disabled/),
  });
});
