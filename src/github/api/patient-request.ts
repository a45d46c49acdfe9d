import { type Clock, realClock } from './clock.ts';
import { BrokenAnswer, type GitHubRequest, requestFailure, retryDelay } from './request.ts';

export interface Patience {
  /** How often one request is made. */
  readonly attempts: number;
  /** Milliseconds that all requests and waits may take. */
  readonly total: number;
}

/** What a job has for reading: a limit of GitHub's asks for a minute, and somebody waits. */
const usual: Patience = { attempts: 4, total: 180_000 };

/**
 * Makes a request again after a failure that may pass, as often and as long as `patience` has it.
 * Only for requests that may be made twice. A comment may not: `putStickyComment` looks first, which
 * @octokit/plugin-retry could not, and that one knows no end in time either.
 */
export function patientRequest(
  request: GitHubRequest,
  clock: Clock = realClock,
  { attempts, total }: Patience = usual,
): GitHubRequest {
  let end: number | undefined;
  return async (route, parameters) => {
    end ??= clock.now() + total;
    for (let attempt = 1; ; attempt++) {
      if (clock.now() > end) throw new BrokenAnswer(`no time is left: ${total / 1_000} s are over`);
      try {
        return await request(route, parameters);
      } catch (error) {
        const delay = retryDelay(requestFailure(error), attempt, clock.now());
        if (delay === undefined || attempt >= attempts || clock.now() + delay > end) throw error;
        await clock.sleep(delay);
      }
    }
  };
}
