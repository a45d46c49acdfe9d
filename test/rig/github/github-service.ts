import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { forwardedHeaders, relay } from '../http/relay.ts';
import type { Refusal, Service } from '../http/service.ts';
import type { DescribedRequest } from './description.ts';

/** What a token may do on the stand-in. */
export interface Token {
  readonly login: string;
  /** A pull request from a fork gets a GITHUB_TOKEN that may only read. */
  readonly mayWrite: boolean;
}

/** The longest body of a comment, in characters: GitHub refuses a longer one with 422. */
const longestComment = 65_536;

/**
 * GitHub's REST API before `emulate`, with what that one is too kind about or lacks: unknown tokens
 * are refused, tokens may be read-only, comments have a longest length, and the pull requests of a
 * commit can be asked for. What remains: no GraphQL, no commit statuses, no download of artifacts,
 * an empty list of a pull request's files, `type: User` for bots too, and a check run with a
 * conclusion is complete only if it says so as well.
 */
export function githubService(
  tokens: ReadonlyMap<string, Token>,
  emulator: () => URL,
  onRequest: (request: DescribedRequest) => void,
): Service {
  return {
    name: 'github',
    owns: () => true,
    refuse,
    async handle(request, response) {
      const { method = '', url = '', headers } = request;
      const hasBody = ['POST', 'PATCH', 'PUT'].includes(method);
      const body = hasBody ? await text(request) : '';
      onRequest({ method, path: url, body });
      const token = tokens.get(
        /^(?:token|bearer) (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '',
      );
      if (headers.authorization !== undefined && token === undefined) {
        return refuse(request, response, { status: 401, message: 'Bad credentials' });
      }
      if (method !== 'GET' && method !== 'HEAD') {
        if (token === undefined) {
          return refuse(request, response, { status: 401, message: 'Requires authentication' });
        }
        if (!token.mayWrite) return refuse(request, response, forbidden);
      }
      const ofCommit = /^(\/repos\/[^/]+\/[^/]+)\/commits\/([0-9a-f]{40})\/pulls(\?|$)/.exec(url);
      if (method === 'GET' && ofCommit !== null) {
        const [, repository = '', sha = ''] = ofCommit;
        return pullsOfCommit(response, emulator(), repository, sha);
      }
      const isComment = /\/issues\/(\d+\/comments|comments\/\d+)$/.test(url);
      if (isComment && (method === 'POST' || method === 'PATCH')) {
        if (tooLong(body)) return refuse(request, response, unprocessable);
      }
      const whole = hasBody ? withBody(request, body) : request;
      await relay(whole, response, emulator(), url, forwardedHeaders(request));
    },
  };
}

async function pullsOfCommit(
  response: ServerResponse,
  emulator: URL,
  repository: string,
  sha: string,
): Promise<void> {
  const answer = await fetch(new URL(`${repository}/pulls?state=all&per_page=100`, emulator));
  const pulls = (await answer.json()) as { head: { sha: string } }[];
  send(response, answer.status, answer.ok ? pulls.filter(({ head }) => head.sha === sha) : pulls);
}

function tooLong(json: string): boolean {
  try {
    const { body } = JSON.parse(json);
    return typeof body === 'string' && body.length > longestComment;
  } catch {
    return false; // what it means is the emulator's to judge
  }
}

/** The same request with its body to be read a second time. */
function withBody(request: IncomingMessage, body: string): IncomingMessage {
  const again = Readable.from([Buffer.from(body)]);
  return Object.assign(again, { method: request.method }) as unknown as IncomingMessage;
}

const forbidden = { status: 403, message: 'Resource not accessible by integration' } as const;
const unprocessable = {
  status: 422,
  message: 'Body is too long (maximum is 65536 characters)',
} as const;

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  request.resume();
  const { status, message } = refusal;
  send(response, status, { message, documentation_url: 'https://docs.github.com/rest' });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
