import { describe, expect, test } from '@jest/globals';
import { isSignedWith, parseAmzDate, parseSignature, sign } from './signature.ts';

/** The first example of "Signature Calculations for the Authorization Header" in Amazon's S3 guide. */
const example = {
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
    'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
    'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  request: {
    method: 'GET',
    target: '/test.txt',
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
      'user-agent': 'not signed',
    },
  },
};
const signature = parseSignature(example.authorization);

describe('a version 4 signature', () => {
  test('is taken apart', () => {
    expect(signature).toMatchObject({
      accessKey: 'AKIAIOSFODNN7EXAMPLE',
      region: 'us-east-1',
      signedHeaders: ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'],
    });
  });

  test.each(['', 'Basic dXNlcjp0b2tlbg==', 'AWS4-HMAC-SHA256 Credential=k', undefined])(
    'is not found in %j',
    (authorization) => {
      expect(parseSignature(authorization)).toBeUndefined();
    },
  );

  test.each([
    ['as it was made', {}, true],
    ['another path', { target: '/test.txt2' }, false],
    ['another query', { target: '/test.txt?acl' }, false],
    ['another method', { method: 'DELETE' }, false],
    [
      'another signed header',
      { headers: { ...example.request.headers, range: 'bytes=0-99' } },
      false,
    ],
    [
      'another header that is not signed',
      { headers: { ...example.request.headers, 'user-agent': 'other' } },
      true,
    ],
  ])('is checked against the request: %s', async (_, change, expected) => {
    if (signature === undefined) throw new Error('no signature');
    const request = { ...example.request, ...change };
    expect(await isSignedWith(example.secret, signature, request)).toBe(expected);
  });

  test('of another secret does not pass', async () => {
    if (signature === undefined) throw new Error('no signature');
    expect(await isSignedWith('another', signature, example.request)).toBe(false);
  });

  test.each([
    '/b/k?list-type=2&prefix=files%2Fmd5%2F&delimiter=',
    '/b/a%20b%2Bc+d?uploads',
    '/b//x/../y',
  ])('that we make ourselves passes: %s', async (target) => {
    const headers = { host: 'h', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const by = { accessKey: 'k', secretKey: 's', region: 'us-east-1' };
    const signed = await sign({ method: 'GET', target, headers }, by);
    const made = parseSignature(signed.authorization);
    if (made === undefined) throw new Error('no signature');
    const request = { method: 'GET', target, headers: signed };
    expect(await isSignedWith('s', made, request)).toBe(true);
  });
});

test('a date as Amazon writes it', () => {
  expect(parseAmzDate('20130524T010203Z')?.toISOString()).toBe('2013-05-24T01:02:03.000Z');
  expect(parseAmzDate('2013-05-24')).toBeUndefined();
});
