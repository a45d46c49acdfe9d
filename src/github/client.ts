import { getOctokit } from '@actions/github';
import { httpFetch } from '../network/http.ts';
import type { GitHubRequest } from './request.ts';

/**
 * GitHub as a token may see it, over the network as the machine has it; at GITHUB_API_URL, unless another
 * address is given.
 */
export function gitHubClient(token: string, baseUrl?: string): GitHubRequest {
  const options = { request: { fetch: httpFetch }, ...(baseUrl !== undefined && { baseUrl }) };
  const { request } = getOctokit(token, options);
  return request as unknown as GitHubRequest;
}
