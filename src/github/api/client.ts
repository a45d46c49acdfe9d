import { getOctokit } from '@actions/github';
import { ExpectedFailure } from '../../errors.ts';
import { httpFetch } from '../../network/http.ts';
import { hidden } from '../../secrets/known.ts';
import type { GitHubRequest } from './request.ts';
import { wholeAnswers } from './whole-answer.ts';

/** Milliseconds that one request may take: GitHub itself gives up after ten seconds. */
const longestRequest = 30_000;

/**
 * GitHub as a token may see it, over the network as the machine has it; at GITHUB_API_URL, unless another
 * address is given. Each request ends in time.
 */
export function gitHubClient(
  token: string,
  { baseUrl, longest = longestRequest }: { baseUrl?: string; longest?: number } = {},
): GitHubRequest {
  const { request } = getOctokit(token, {
    ...(baseUrl !== undefined && { baseUrl }),
    request: { fetch: wholeAnswers(httpFetch, longest) },
  }) as unknown as { request: GitHubRequest };
  // Whatever is written there may be read by everybody.
  return async (route, parameters) => {
    const isWritten = /^(?:POST|PATCH) /.test(route);
    try {
      return await request(route, isWritten ? saidWithoutSecrets(parameters) : parameters);
    } catch (error) {
      // Octokit takes what the environment says wrong for a server that fails, which may pass.
      const { cause } = error as Error;
      throw cause instanceof ExpectedFailure ? cause : error;
    }
  };
}

/** Fields of GitHub's that people read; all others say which thing is meant, and stay as they are. */
const readByPeople = new Set(['body', 'title', 'summary', 'message', 'text']);

function saidWithoutSecrets(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown = (key: string, each: unknown): unknown => {
    if (typeof each === 'string') return readByPeople.has(key) ? withoutSecrets(each) : each;
    if (Array.isArray(each)) return each.map((one) => shown(key, one));
    // Not `request`, which has a signal and functions.
    const isPlain = Object.prototype.toString.call(each) === '[object Object]';
    return isPlain && key !== 'request' ? saidWithoutSecrets(each as typeof value) : each;
  };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shown(key, each)]));
}

/** The marker, by which a comment is found again, is no text for people. */
function withoutSecrets(text: string): string {
  const marker = /^<!-- sibling-report [^\n]*? -->/.exec(text)?.[0] ?? '';
  return marker + hidden(text.slice(marker.length));
}
