import { expect, test } from '@jest/globals';
import { explainTransfer } from '../src/transfer-failure.ts';

const remote = { kind: 'address', name: 'https://dagshub.com/u/r.s3', options: {} } as const;

test.each([
  [
    'ERROR: unexpected error - An error occurred (403) when calling the HeadObject operation: Forbidden',
    'credentials',
    /token is stale/,
  ],
  ['InvalidAccessKeyId', 'credentials', /DAGSHUB_TOKEN/],
  ['Some of the cache files do not exist neither locally nor on remote', 'remote', /lacks files/],
  ['503 Service Temporarily Unavailable', 'remote', /trouble of its own/],
  ['EndpointConnectionError: Could not connect', 'remote', /cannot be reached/],
  ['something new', 'remote', /could not be used/],
])('%s', (line, kind, says) => {
  const failure = explainTransfer('push', remote, ['', line]);
  expect(failure.kind).toBe(kind);
  expect(`${failure.cause} ${failure.hint}`).toMatch(says);
  expect(failure.details).toEqual([line]);
});
