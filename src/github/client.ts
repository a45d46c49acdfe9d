import { getOctokit } from '@actions/github';
import { httpFetch } from '../network/http.ts';
import type { GitHubRequest } from './request.ts';

/** GitHub as a token may see it, over the network as the machine has it. */
export function gitHubClient(token: string): GitHubRequest {
  const { request } = getOctokit(token, { request: { fetch: httpFetch } });
  return request as unknown as GitHubRequest;
}
