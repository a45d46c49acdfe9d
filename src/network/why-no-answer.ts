import { ExpectedFailure } from '../errors.ts';

/**
 * Why a request by `httpFetch` has no answer, in words that follow `HOST does not answer: `; `limit` is
 * the time that it had, in milliseconds. Throws an ExpectedFailure again: the environment is wrong then,
 * not the network.
 */
export function whyNoAnswer(error: unknown, limit?: number): string {
  if (error instanceof ExpectedFailure) throw error;
  const { name, message, cause } = Object(error) as Error;
  if (name === 'TimeoutError') {
    return limit === undefined ? 'it took too long' : `no answer within ${limit / 1000} s`;
  }
  // fetch hides the reason in the cause of "fetch failed".
  const { code, message: reason } = Object(cause) as { code?: string; message?: string };
  return code ?? reason ?? message;
}

/** Whether it is because the server leads elsewhere, where a request with credentials does not follow. */
export function isLedElsewhere(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: { message?: string } };
  return cause?.message === 'unexpected redirect';
}
