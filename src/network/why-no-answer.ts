import { ExpectedFailure } from '../errors.ts';

/**
 * Why a request by `httpFetch` has no answer, in words that follow the server's name: `does not
 * answer: ECONNREFUSED`; `limit` is the time that it had, in milliseconds. Throws an ExpectedFailure again: the environment is wrong then,
 * not the network.
 */
export function whyNoAnswer(error: unknown, limit?: number): string {
  if (error instanceof ExpectedFailure) throw error;
  const { name, message, cause } = Object(error) as Error;
  if (name === 'TimeoutError') {
    return `does not answer ${limit === undefined ? 'in time' : `within ${limit / 1000} s`}`;
  }
  // fetch hides the reason in the cause of "fetch failed".
  const { code, message: reason } = Object(cause) as { code?: string; message?: string };
  if (reason === 'unexpected redirect')
    return 'leads to another address, where credentials are not sent';
  return `does not answer: ${code ?? reason ?? message}`;
}
