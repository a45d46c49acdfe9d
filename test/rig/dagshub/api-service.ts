import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal, Service } from '../http/service.ts';
import { callerOf } from './credentials.ts';
import { judge, type Repository, type User, type World } from './world.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/**
 * `/api/v1`: the parts of DagsHub's REST API that deal with who the user is, what a repository is
 * and with its mirror. The shapes are those that the DagsHub client 0.7 reads; the statuses are
 * those of Gogs, which DagsHub's API descends from.
 */
export function apiService(world: World, url: () => string): Service {
  return {
    name: 'api',
    owns: (path) => path.startsWith('/api/v1/'),
    refuse,
    async handle(request, response) {
      request.resume();
      const caller = callerOf(world, request.headers.authorization);
      if (caller.kind === 'wrong') return refuse(request, response, unauthorized);
      const user = caller.kind === 'user' ? caller.user : undefined;
      const answer = route(world, user, request, url());
      send(response, answer.status, answer.body);
    },
  };
}

function route(
  world: World,
  user: User | undefined,
  { method, url = '' }: IncomingMessage,
  host: string,
): Answer {
  const [path = ''] = url.split('?', 1);
  if (method === 'GET' && path === '/api/v1/user') {
    if (user === undefined) return problem(unauthorized);
    return { status: 200, body: describeUser(world, user.name) };
  }
  const match = /^\/api\/v1\/repos\/([^/]+)\/([^/]+)(\/mirror-sync|\/experiments)?$/.exec(path);
  const [, owner = '', name = '', action = ''] = match ?? [];
  const need = method === 'GET' ? 'read' : 'write';
  const verdict = judge(world, user, { owner, name }, need);
  // To those who may not read it, a repository does not exist.
  if (verdict.kind === 'unknown-repository') return problem(notFound);
  if (verdict.kind === 'anonymous') return problem(need === 'write' ? unauthorized : notFound);
  if (verdict.kind === 'forbidden') return problem(forbidden);
  const { repository } = verdict;
  switch (`${method} ${action}`) {
    case 'GET ':
      return { status: 200, body: describeRepository(world, user, repository, host) };
    case 'GET /experiments':
      return { status: 200, body: { experiments: {}, is_editor: false, next_page_token: '' } };
    case 'POST /mirror-sync':
      if (!repository.mirror) return problem(notFound);
      repository.mirrorSyncs += 1;
      return { status: 202 };
    default:
      return problem(notFound);
  }
}

function describeUser(world: World, name: string): object {
  const id = 1 + world.users.findIndex((user) => user.name === name);
  return { id, login: name, username: name, full_name: '', avatar_url: '' };
}

function describeRepository(
  world: World,
  user: User | undefined,
  { owner, name, private: isPrivate, mirror, collaborators }: Repository,
  host: string,
): object {
  const mayWrite = user?.name === owner || collaborators[user?.name ?? ''] === 'write';
  return {
    id: 1 + world.repositories.findIndex((other) => other.owner === owner && other.name === name),
    owner: describeUser(world, owner),
    name,
    full_name: `${owner}/${name}`,
    description: '',
    private: isPrivate,
    fork: false,
    parent: null,
    empty: false,
    mirror,
    size: 0,
    html_url: `${host}/${owner}/${name}`,
    clone_url: `${host}/${owner}/${name}.git`,
    stars_count: 0,
    forks_count: 0,
    watchers_count: 0,
    open_issues_count: 0,
    default_branch: 'main',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions: { admin: user?.name === owner, push: mayWrite, pull: true },
  };
}

const unauthorized = { status: 401, message: 'Unauthorized' } as const;
const forbidden = { status: 403, message: 'Forbidden' } as const;
const notFound = { status: 404, message: 'Not Found' } as const;

function problem({ status, message }: Refusal): Answer {
  return { status, body: { message } };
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  request.resume();
  send(response, refusal.status, { message: refusal.message });
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
