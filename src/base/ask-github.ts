import { type Clock, realClock } from '../github/api/clock.ts';
import { patientRequest } from '../github/api/patient-request.ts';
import {
  type GitHubRequest,
  gitHubsWord,
  isRateLimit,
  requestFailure,
} from '../github/api/request.ts';
import { unreadable } from './base.ts';

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export const contentsRight = 'permissions: {contents: read}, for the job that reports';
export const again = 'run the job again';

/** What GitHub answers; `missing` is what it says with a 404, which alone proves nothing. */
export type Answer = { readonly data: unknown } | { readonly missing: string };

export type Ask = (route: string, parameters: Readonly<Record<string, unknown>>) => Promise<Answer>;

/**
 * Asks again after a passing failure. Throws 'uncompared' for every answer but yes and no, and for a
 * 404 that is not in GitHub's form: a proxy has it too.
 */
export function asking(
  request: GitHubRequest,
  { owner, repo }: Repository,
  clock: Clock = realClock,
): Ask {
  const patient = patientRequest(request, clock);
  return async (route, parameters) => {
    try {
      return { data: (await patient(route, { owner, repo, ...parameters })).data };
    } catch (error) {
      const failure = requestFailure(error);
      const { status, message } = failure;
      // Of a server that has no such route at all, no words are asked for.
      const nothing = route === treeRoute ? '' : undefined;
      const word = status === 404 ? (gitHubsWord(error) ?? nothing) : undefined;
      if (word !== undefined) return { missing: word };
      const isRefused = status !== undefined && status < 500 && !isRateLimit(failure);
      throw unreadable(
        `GitHub answers ${[status ?? 'nothing', message].join(' ')} to ${route}`,
        isRefused ? contentsRight : again,
      );
    }
  };
}

/** A commit's files and folders by path: what alone tells that one is not there. */
export const treeRoute = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
