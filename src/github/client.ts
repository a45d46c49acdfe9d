import { getOctokit } from '@actions/github';
import { httpFetch } from '../network/http.ts';
import { hiddenWithin } from '../secrets/hidden-within.ts';
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
  return (route, parameters) =>
    request(route, /^(?:POST|PATCH) /.test(route) ? withoutSecrets(parameters) : parameters);
}

function withoutSecrets(
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { request, ...said } = parameters;
  return { ...hiddenWithin(said), ...(request !== undefined && { request }) };
}
