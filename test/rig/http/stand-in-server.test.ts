import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { forwardedHeaders, relay } from './relay.ts';
import type { Service } from './service.ts';
import { type StandInServer, startStandIn } from './stand-in-server.ts';

const answer = 'x'.repeat(1_000);

/** The server behind: tells what arrived, so that relaying is seen to work. */
const behind = createServer(async (request, response) => {
  let received = 0;
  for await (const chunk of request) received += chunk.length;
  arrived.push(`${request.method} ${request.url} ${received}`);
  response.writeHead(200, { 'content-length': answer.length });
  response.end(request.method === 'HEAD' ? undefined : answer);
});
const arrived: string[] = [];

const service: Service = {
  name: 'echo',
  owns: (path) => path.startsWith('/echo'),
  refuse: (_, response, { status, message }) => {
    response.writeHead(status).end(`refused: ${message}`);
  },
  handle: (request, response) => {
    const { port } = behind.address() as AddressInfo;
    const server = new URL(`http://127.0.0.1:${port}`);
    return relay(request, response, server, request.url ?? '', forwardedHeaders(request));
  },
};

let standIn: StandInServer;
beforeAll(async () => {
  behind.listen(0, '127.0.0.1');
  standIn = await startStandIn([service]);
});
afterAll(async () => {
  await standIn.stop();
  behind.close();
});
beforeEach(() => {
  standIn.faults.set([]);
  standIn.requests.length = 0;
  arrived.length = 0;
});

async function outcome(init?: RequestInit): Promise<string> {
  try {
    const response = await fetch(`${standIn.url}/echo/a`, init);
    return `${response.status} ${(await response.text()).slice(0, 24)}`;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? String(error);
  }
}

describe('a request', () => {
  test('goes to the server behind, with its body, and its answer comes back', async () => {
    const text = await outcome({ method: 'PUT', body: 'y'.repeat(300_000) });
    expect(text).toBe(`200 ${answer.slice(0, 24)}`);
    expect(arrived).toEqual(['PUT /echo/a 300000']);
  });

  test('keeps a path that a URL would shorten', async () => {
    const { port } = new URL(standIn.url);
    const { request } = await import('node:http');
    await new Promise((resolve) => {
      request({ host: '127.0.0.1', port, path: '/echo//../b?c=%2F' }, (response) => {
        response.resume().on('end', resolve);
      }).end();
    });
    expect(arrived).toEqual(['GET /echo//../b?c=%2F 0']);
  });

  test('is recorded with its status, and whether it was authorised, never with what', async () => {
    await fetch(`${standIn.url}/echo/a?b=1`, { headers: { authorization: 'Bearer canary' } });
    await fetch(`${standIn.url}/elsewhere`);
    expect(standIn.requests).toEqual([
      { service: 'echo', method: 'GET', path: '/echo/a?b=1', status: 200, authorization: true },
      { service: 'none', method: 'GET', path: '/elsewhere', status: 404, authorization: false },
    ]);
  });
});

describe('a fault', () => {
  test.each([
    [401, '401 refused: the fault plan', false],
    [403, '403 refused: the fault plan', false],
    [429, '429 refused: the fault plan', false],
    [500, '500 refused: the fault plan', false],
    [502, '502 <html>\n<head><title>502', false],
    [503, '503 <html>\n<head><title>503', false],
    ['reset', 'UND_ERR_SOCKET|ECONNRESET', false],
    ['cut', 'UND_ERR_SOCKET', true],
    ['slow', `200 ${answer.slice(0, 24)}`, true],
  ] as const)('%s strikes once, and is recorded', async (kind, expected, done) => {
    standIn.faults.set([{ kind, times: 1, delay: 200 }]);
    const start = performance.now();
    expect(await outcome({ method: 'POST', body: 'z' })).toMatch(new RegExp(`^(${expected})`));
    if (kind === 'slow') expect(performance.now() - start).toBeGreaterThan(195);
    expect(arrived).toHaveLength(done ? 1 : 0);
    expect(await outcome()).toBe(`200 ${answer.slice(0, 24)}`);
    expect(standIn.requests[0]?.fault).toBe(kind);
    expect(standIn.requests[1]?.fault).toBeUndefined();
  });

  test('that says too many requests says when to try again', async () => {
    standIn.faults.set([{ kind: 429 }]);
    const response = await fetch(`${standIn.url}/echo`);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test('can have headers of its own', async () => {
    standIn.faults.set([{ kind: 429, headers: { 'retry-after': '60' } }]);
    const response = await fetch(`${standIn.url}/echo`);
    expect(response.headers.get('retry-after')).toBe('60');
  });

  test('can be asked for over HTTP, and taken back', async () => {
    const set = (body: string) => fetch(`${standIn.url}/_rig/faults`, { method: 'POST', body });
    expect((await set('[{"kind": 403}]')).status).toBe(200);
    expect(await outcome()).toMatch(/^403/);
    expect((await set('[{"kind": 1}]')).status).toBe(400);
    await fetch(`${standIn.url}/_rig/faults`, { method: 'DELETE' });
    expect(await outcome()).toMatch(/^200/);
    const requests = await (await fetch(`${standIn.url}/_rig/requests`)).json();
    expect(requests).toEqual(standIn.requests);
  });
});
