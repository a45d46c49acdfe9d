import { getOctokit } from '@actions/github';
import { httpFetch } from '../network/http.ts';
import type { GitHubRequest } from './request.ts';
import { wholeAnswers } from './whole-answer.ts';

/** Milliseconds that one request may take: GitHub itself gives up after ten seconds. */
const longestRequest = 30_000;

/** GitHub as a token may see it, over the network as the machine has it. Each request ends in time. */
export function gitHubClient(
  token: string,
  { baseUrl, longest = longestRequest }: { baseUrl?: string; longest?: number } = {},
): GitHubRequest {
  const { request } = getOctokit(token, {
    ...(baseUrl !== undefined && { baseUrl }),
    request: { fetch: wholeAnswers(httpFetch, longest) },
  });
  return request as unknown as GitHubRequest;
}
