import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { engineRequest } from '../../../src/container/request/requests.ts';

/** What a request is answered with in place of the engine's own answer. */
export type Blow =
  | { readonly status: number; readonly message: string }
  /** The head of the engine's answer, then the connection is closed. */
  | 'head only'
  /** As much as half of the first bytes of its body. */
  | 'half a body'
  /** A whole answer of another shape. */
  | { readonly body: string };

export interface Strike {
  /** As `engineRequest` has it: `GET /containers/*\/json`. */
  readonly template: string;
  /** Which of the requests of that kind, from 0; all from there on if `always`. */
  readonly nth?: number;
  readonly always?: boolean;
  readonly blow: Blow;
}

/** A socket before the engine's, which notes each request and may answer some itself. */
export interface RequestStriker {
  readonly path: string;
  /** Templates of the requests so far, in order; one that Sibling has no words for is as it came. */
  readonly seen: string[];
  /** How often the strike has hit. */
  struck(): number;
  arm(strike: Strike | undefined): void;
  close(): void;
}

export async function requestStriker(path: string, engine: string): Promise<RequestStriker> {
  let strike: Strike | undefined;
  let met = 0;
  let struck = 0;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const template = engineRequest(method, url)?.template ?? `unknown: ${method} ${url}`;
    seen.push(template);
    const isMeant =
      strike?.template === template &&
      (strike.always ? met++ >= (strike.nth ?? 0) : met++ === (strike.nth ?? 0));
    if (isMeant) struck++;
    answer(engine, request, response, isMeant ? strike?.blow : undefined);
  }).listen(path);
  await once(server, 'listening');
  return {
    path,
    seen,
    struck: () => struck,
    arm(next) {
      strike = next;
      met = 0;
      struck = 0;
      seen.length = 0;
    },
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

function answer(
  engine: string,
  request: IncomingMessage,
  response: ServerResponse,
  blow: Blow | undefined,
): void {
  if (typeof blow === 'object') {
    request.resume();
    const [status, body] =
      'status' in blow
        ? [blow.status, JSON.stringify({ message: blow.message })]
        : [200, blow.body];
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    return;
  }
  const { method, url, headers } = request;
  const upstream = ask({ socketPath: engine, method, path: url, headers }, (from) => {
    response.writeHead(from.statusCode ?? 500, from.headers);
    response.flushHeaders();
    if (blow === 'head only') {
      response.socket?.destroySoon();
      from.destroy();
    } else if (blow === 'half a body') {
      from.once('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => {
          response.socket?.destroySoon();
          from.destroy();
        });
      });
      from.once('end', () => response.socket?.destroySoon());
    } else {
      from.pipe(response);
      from.on('error', () => response.destroy());
      response.on('close', () => from.destroy());
    }
  });
  upstream.on('error', () => response.destroy());
  request.on('error', () => upstream.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}
