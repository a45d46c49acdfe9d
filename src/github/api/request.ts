/** What this needs of octokit's `request`: resolves for 2xx, rejects with a `RequestError` otherwise. */
export type GitHubRequest = (
  route: string,
  parameters: Readonly<Record<string, unknown>>,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly data: unknown }>;

type Headers = Readonly<Record<string, string | number | undefined>>;

/** A request that GitHub refused, or that never got there. */
export interface RequestFailure {
  /** Undefined when no answer came: a reset, a time-out, a name that does not resolve. */
  readonly status: number | undefined;
  readonly message: string;
  readonly headers: Headers;
}

/** Thrown for a 2xx answer without what it should hold: octokit gives a body that was cut as text. */
export class BrokenAnswer extends Error {
  readonly status = 502;
}

/**
 * What octokit threw, as data; it gives a request without an answer the status 500 and no response.
 * Throws any other error again: that is a bug.
 */
export function requestFailure(error: unknown): RequestFailure {
  const { status, message, response } = error as {
    status?: unknown;
    message?: string;
    response?: { headers?: Headers; data?: { message?: unknown } };
  };
  if (typeof status !== 'number') throw error;
  const said = String(response?.data?.message ?? message);
  return {
    status: response === undefined ? undefined : status,
    message: said.split('\n')[0]?.slice(0, 300) ?? '',
    headers: response?.headers ?? {},
  };
}

/** What GitHub itself says of a request that it refused; undefined where another's page came. */
export function gitHubsWord(error: unknown): string | undefined {
  const { response } = Object(error) as { response?: { data?: { message?: unknown } } };
  const message = response?.data?.message;
  return typeof message === 'string' ? message.split('\n')[0]?.slice(0, 300) : undefined;
}

const longestWait = 120_000;

/**
 * Milliseconds to wait before trying again, undefined when trying again is useless: as GitHub's
 * headers say (docs.github.com, "Best practices for using the REST API"), else 1, 2, 4… s.
 * `attempt` counts from 1, `now` is in milliseconds since 1970.
 */
export function retryDelay(
  failure: RequestFailure,
  attempt: number,
  now: number,
): number | undefined {
  if (attempt >= 6) return undefined;
  const { status, headers } = failure;
  const backoff = 1_000 * 2 ** (attempt - 1);
  if (status === undefined || status >= 500 || status === 408) return backoff;
  if (!isRateLimit(failure)) return undefined;
  const wait = askedFor(headers, now) ?? (status === 429 ? backoff : 60_000);
  return wait <= longestWait ? wait : undefined;
}

/** Whether a refusal means "later": GitHub uses 403 for limits and for missing permissions. */
export function isRateLimit({ status, headers, message }: RequestFailure): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return askedFor(headers, 0) !== undefined || /rate limit|abuse/i.test(message);
}

/** What `retry-after` (seconds) or a used-up limit (`x-ratelimit-reset`, Unix seconds) asks for. */
function askedFor(headers: Headers, now: number): number | undefined {
  const after = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(after)) return Math.max(0, after) * 1_000;
  if (Number(headers['x-ratelimit-remaining'] ?? Number.NaN) !== 0) return undefined;
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(0, reset * 1_000 - now) + 1_000 : undefined;
}
