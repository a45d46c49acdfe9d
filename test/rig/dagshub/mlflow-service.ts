import type { IncomingMessage, ServerResponse } from 'node:http';
import { forwardedHeaders, relay } from '../http/relay.ts';
import type { Refusal, Service } from '../http/service.ts';
import { callerOf } from './credentials.ts';
import { judge, splitPath, type World } from './world.ts';

/**
 * `/OWNER/NAME.mlflow/…`: the repository's MLflow, a real server behind user and token. `server`
 * gives the server's address; one serves all repositories.
 */
export function mlflowService(world: World, server: () => Promise<string>): Service {
  return {
    name: 'mlflow',
    owns: (path) => splitPath(path, 'mlflow') !== undefined,
    refuse,
    async handle(request, response) {
      const place = splitPath(request.url ?? '', 'mlflow');
      const caller = callerOf(world, request.headers.authorization);
      if (caller.kind === 'wrong') return refuse(request, response, refusals.unauthorized);
      if (place === undefined) return refuse(request, response, refusals.unknown);
      const user = caller.kind === 'user' ? caller.user : undefined;
      switch (judge(world, user, place, isReading(request) ? 'read' : 'write').kind) {
        case 'anonymous':
          return refuse(request, response, refusals.unauthorized);
        case 'unknown-repository':
          return refuse(request, response, refusals.unknown);
        case 'forbidden':
          return refuse(request, response, refusals.forbidden);
        case 'allowed': {
          if (world.forgetsAliases && isSettingAlias(request)) return forget(request, response);
          const url = new URL(await server());
          const { authorization, ...headers } = forwardedHeaders(request);
          await relay(request, response, url, place.rest, { ...headers, host: url.host });
        }
      }
    },
  };
}

/** MLflow's searches are POST requests that change nothing. */
function isReading({ method, url = '' }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD' || /\/search(\?|$)/.test(url);
}

function isSettingAlias({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && /\/registered-models\/alias(\?|$)/.test(url);
}

function forget(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{}');
}

const refusals = {
  unauthorized: { status: 401, message: 'Unauthorized' },
  forbidden: { status: 403, message: 'Permission denied' },
  unknown: { status: 404, message: 'Not found' },
} as const;

/** In plain words: it is not MLflow that refuses, but the front before it. */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  request.resume();
  if (refusal.status === 401) response.setHeader('www-authenticate', 'Basic realm="mlflow"');
  response.writeHead(refusal.status, { 'content-type': 'text/plain' });
  response.end(`${refusal.message}\n`);
}
