import { expect, test } from '@jest/globals';
import { isClearText, isLoopback } from '../../src/network/address.ts';
import { clearTextWarnings } from '../../src/remote/clear-text.ts';

test.each([
  ['http://127.0.0.1:80', true],
  ['http://localhost/x', true],
  ['http://[::1]:5', true],
  ['https://dagshub.com', false],
  ['http://127.evil.com', false],
  [undefined, false],
])('isLoopback(%s) is %p', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test.each([
  ['http://mlflow.example.org', true],
  ['HTTP://MLFLOW.EXAMPLE.ORG', true],
  ['http://8.8.8.8:5000', true],
  ['http://172.32.0.1', true],
  ['http://[2001:db8::1]', true],
  ['https://mlflow.example.org', false],
  ['http://mlflow:5000', false],
  ['http://mlflow.local', false],
  ['http://127.0.0.1:5500', false],
  ['http://192.168.1.7:5000', false],
  ['http://172.16.0.1', false],
  ['http://[fd00::1]', false],
  ['s3://bucket', false],
  [undefined, false],
])('isClearText(%s) is %p', (address, expected) => {
  expect(isClearText(address)).toBe(expected);
});

test('credentials over plain http are warned of, and nothing else is', () => {
  const uri = 'http://mlflow.example.org';
  const remote = (options: Record<string, string>) =>
    ({ kind: 'address', name: 'r', options: { url: 's3://b', ...options } }) as const;
  const tracking = (env: Record<string, string>) => ({ kind: 'remote', uri, env }) as const;
  const endpoint = { endpointurl: 'http://s3.example.org' };
  expect(clearTextWarnings(remote(endpoint), tracking({}))).toEqual([]);
  expect(
    clearTextWarnings(
      remote({ ...endpoint, access_key_id: 'k' }),
      tracking({ MLFLOW_TRACKING_PASSWORD: 'p' }),
    ),
  ).toEqual([
    expect.stringMatching(/go to http:\/\/mlflow\.example\.org over plain http/),
    expect.stringMatching(/go to http:\/\/s3\.example\.org over plain http/),
  ]);
});
