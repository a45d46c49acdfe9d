import { expect, test } from '@jest/globals';
import { canary } from './canary.ts';

const secret = canary();
const { token } = secret;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['plain', `"${token}"`],
  ['URL-encoded', `?key=${encodeURIComponent(token)}&`],
  ['in base64', base64(token)],
  ['as a password', `Basic ${base64(`ada:${token}`)}`],
  ['as a user', `Basic ${base64(`${token}:`)}`],
  ['as both', `Basic ${base64(`x${token}:${token}`)}`],
  ['in a signature', `AWS4-HMAC-SHA256 Credential=${token}/20261126/us-east-1/s3/aws4_request`],
])('a canary is found %s', (_, text) => {
  expect(secret.hits(text)).not.toEqual([]);
});

test('another text has none', () => {
  expect(secret.hits(base64(token.slice(1)) + token.slice(1))).toEqual([]);
});
