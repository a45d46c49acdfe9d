import { getOctokit } from '@actions/github';
import { httpFetch } from '../network/http.ts';
import type { GitHubRequest } from './request.ts';

/** GitHub as a token may see it, over the network as the machine has it. */
export function gitHubClient(token: string): GitHubRequest {
  const { request } = getOctokit(token, { request: { fetch: wholeAnswer } });
  return request as unknown as GitHubRequest;
}

/**
 * Fetches with the body at hand. Octokit takes a body that does not come to its end for a short one;
 * here it is a request without an answer.
 */
export async function wholeAnswer(url: string, init?: RequestInit): Promise<Response> {
  try {
    const answer = await httpFetch(url, init);
    const { status, statusText, headers } = answer;
    const body = await answer.arrayBuffer();
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    throw new Error('no answer in time', { cause: error });
  }
}
