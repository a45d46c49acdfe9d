import { expect, test } from '@jest/globals';
import { retryDelay } from '../../../src/github/api/request.ts';

const now = 1_000_000;
const used = (reset: number) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${reset}` });

test.each<[string, number | undefined, Record<string, string>, string, number, number | undefined]>(
  [
    ['no answer', undefined, {}, '', 1, 1_000],
    ['no answer again', undefined, {}, '', 3, 4_000],
    ['no answer for long', undefined, {}, '', 6, undefined],
    ['an error of the server', 502, {}, '', 2, 2_000],
    ['no permission', 403, {}, 'Resource not accessible by integration', 1, undefined],
    ['no permission, with limits left', 403, { 'x-ratelimit-remaining': '12' }, '', 1, undefined],
    ['a limit that says when', 403, { 'retry-after': '7' }, '', 1, 7_000],
    ['a used-up limit', 403, used(1_010), '', 1, 11_000],
    ['a limit that was reset meanwhile', 429, used(900), '', 1, 1_000],
    ['a limit for an hour', 403, used(4_600), '', 1, undefined],
    ['a secondary limit without headers', 403, {}, 'secondary rate limit', 1, 60_000],
    ['too many requests', 429, {}, '', 2, 2_000],
    ['a bad header', 429, { 'retry-after': 'soon' }, '', 1, 1_000],
    ['not found', 404, {}, '', 1, undefined],
    ['unprocessable', 422, {}, '', 1, undefined],
  ],
)('after %s', (_, status, headers, message, attempt, delay) => {
  expect(retryDelay({ status, headers, message }, attempt, now)).toBe(delay);
});
