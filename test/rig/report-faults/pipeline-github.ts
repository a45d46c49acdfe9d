import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { zipFile } from '../../../src/github/artifact/zip-file.ts';
import { describedFile, describedTree } from '../github/described-file.ts';
import { githubDescription } from '../github/description.ts';
import type { Service } from '../http/service.ts';

/** What GitHub knows of one pull request and its base, in memory: quick enough for thousands of jobs. */
export interface World {
  /** The commit that the pull request left the base branch at, and its files. */
  readonly base: { readonly sha: string; readonly files: Readonly<Record<string, string>> };
  readonly head: string;
  /** What a fork's run left as its artifact. */
  report: string;
  /** Bodies of the comments by id. */
  readonly comments: Map<number, string>;
  /** Conclusions of the checks on the head, oldest first. */
  readonly checks: string[];
  /** Requests that GitHub's published description does not allow. */
  readonly violations: string[];
}

export const author = 'github-actions[bot]';
export const fork = { id: 7, full_name: 'eve/iris', owner: { login: 'eve' } } as const;

/** The routes of GitHub that a report's job asks, for the pull request 1 of any repository. */
export function pipelineGitHub(world: World): Service {
  const check = githubDescription();
  const { base, head } = world;
  return {
    name: 'github',
    owns: () => true,
    refuse: (request, response, { status, message }) => {
      request.resume();
      json(response, status, { message });
    },
    async handle(request, response) {
      const { method = '', url = '' } = request;
      const body = method === 'GET' ? '' : await text(request);
      // The root folder, whose path is empty, is not in GitHub's description; it answers all the same.
      if (!/\/contents\?/.test(url)) world.violations.push(...check({ method, path: url, body }));
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      const path = decodeURIComponent(pathname.replace(/^\/repos\/[^/]+\/[^/]+\//, ''));
      const said = body === '' ? {} : JSON.parse(body);
      const gone = { message: 'Not Found' };
      const route = `${method} ${path}`;
      const file = /^GET contents\/(.+)$/.exec(route)?.[1];
      const comment = Number(/ issues\/comments\/(\d+)$/.exec(route)?.[1] ?? Number.NaN);
      if (/^GET compare\//.test(route)) {
        return json(response, 200, { status: 'diverged', merge_base_commit: { sha: base.sha } });
      }
      if (route === `GET git/commits/${base.sha}`) return json(response, 200, { sha: base.sha });
      if (route === `GET git/trees/${base.sha}`) {
        return json(response, 200, describedTree(Object.keys(base.files)));
      }
      if (route === 'GET contents') {
        const names = Object.keys(base.files);
        return json(
          response,
          200,
          names.map((name) => ({ type: 'file', name })),
        );
      }
      if (file !== undefined) {
        const isHere = searchParams.get('ref') === base.sha && Object.hasOwn(base.files, file);
        return isHere
          ? json(response, 200, describedFile(base.files[file] ?? ''))
          : json(response, 404, gone);
      }
      if (route === 'GET commits') return json(response, 200, [{ sha: base.sha }]);
      if (route === 'GET pulls') {
        return json(response, 200, [{ number: 1, head: { sha: head, repo: fork } }]);
      }
      if (/^GET actions\/runs\/\d+\/artifacts$/.test(route)) {
        const facts = { name: 'sibling-report', size_in_bytes: 1_000, expired: false };
        return json(response, 200, { artifacts: [{ ...facts, id: 5 }] });
      }
      if (route === 'GET actions/artifacts/5/zip') {
        const archive = zipFile('report.json', new TextEncoder().encode(world.report));
        return send(response, 200, 'application/zip', Buffer.from(archive));
      }
      if (route === 'POST check-runs') {
        world.checks.push(said.conclusion);
        return json(response, 201, { id: world.checks.length });
      }
      if (route === 'GET issues/1/comments') {
        const all = [...world.comments.keys()].map((id) => described(id));
        return json(response, 200, all);
      }
      if (route === 'POST issues/1/comments') {
        const id = 100 + world.comments.size;
        world.comments.set(id, said.body);
        return json(response, 201, described(id));
      }
      if (!world.comments.has(comment)) return json(response, 404, gone);
      if (method === 'PATCH') world.comments.set(comment, said.body);
      if (method === 'DELETE') world.comments.delete(comment);
      return json(response, 200, described(comment));
    },
  };

  function described(id: number): object {
    return { id, body: world.comments.get(id), user: { login: author } };
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
): void {
  const content = Buffer.from(body);
  response.writeHead(status, { 'content-type': type, 'content-length': content.length });
  response.end(content);
}
