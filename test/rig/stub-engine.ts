import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContainerCreateOptions } from 'dockerode';
import type { Engine } from '../../src/container/engine.ts';
import { engineClient } from '../../src/container/request/engine-client.ts';

/** A status and a JSON body, or what to do with the response by hand. */
export type StubAnswer =
  | readonly [status: number, body?: unknown]
  | ((response: ServerResponse) => void);

export interface StubEngine {
  readonly engine: Engine;
  /** `METHOD /path` of each request, without its query, in order. */
  readonly asked: readonly string[];
  /** What each container was to be created with, in order. */
  readonly created: readonly ContainerCreateOptions[];
  stop(): void;
}

/**
 * An engine on loopback that answers as told, for what a real one cannot be made to say. A request
 * that `answer` has nothing for is answered 501.
 */
export async function startStubEngine(
  answer: (request: string, query: URLSearchParams) => StubAnswer | undefined,
): Promise<StubEngine> {
  const asked: string[] = [];
  const created: ContainerCreateOptions[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const what = nameOf(request);
      asked.push(what);
      const { searchParams: query } = new URL(request.url ?? '', 'http://stub');
      if (what === 'POST /containers/create')
        created.push(JSON.parse(String(Buffer.concat(chunks))));
      reply(response, answer(what, query) ?? [501, { message: `nothing is said of ${what}` }]);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    engine: {
      docker: await engineClient(`tcp://127.0.0.1:${port}`, {
        host: '127.0.0.1',
        port,
        protocol: 'http',
      }),
      address: `tcp://127.0.0.1:${port}`,
      version: '20.10.24',
      product: 'Docker',
      name: 'stub',
      apiVersion: '1.41',
      cpus: 2,
      memory: 4 * 1024 ** 3,
      rootless: false,
    },
    ...{ asked, created },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function nameOf({ method, url = '' }: IncomingMessage): string {
  return `${method} ${decodeURIComponent(url.replace(/\?.*/, ''))}`;
}

function reply(response: ServerResponse, answer: StubAnswer): void {
  if (typeof answer === 'function') {
    answer(response);
    return;
  }
  const [status, body] = answer;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
