import { describe, expect, test } from '@jest/globals';
import { explainTransfer } from '../../src/remote/failure.ts';

const remote = { kind: 'address', name: 'https://dagshub.com/u/r.s3', options: {} } as const;

/** What DVC 3.67 prints, and what dvc-runner/events/failure_reason.py makes of an error's own words. */
const said = [
  [
    "ERROR: failed to pull data from the cloud - Can't remove the following unsaved files without confirmation. Use `--force` to force.\n/srv/x",
    'usage',
    /other contents than files here/,
    false,
  ],
  [
    'ProxyConnectionError: Failed to connect to proxy URL: "http://***@proxy": HTTP 407',
    'credentials',
    /the proxy on the way refuses the login.*HTTPS_PROXY/,
    false,
  ],
  [
    'ProxyConnectionError: Failed to connect to proxy URL: "http://***@proxy"',
    'remote',
    /cannot be reached through the proxy/,
    true,
  ],
  [
    'PermissionError: Permission denied for user ada on host example.org',
    'credentials',
    /refused the user or the key.*SIBLING_REMOTE_CREDENTIALS/,
    false,
  ],
  [
    'ERROR: unexpected error - : The resource  could not be found in the server',
    'remote',
    /does not exist there.*Make the folder/,
    false,
  ],
  [
    "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 22)",
    'remote',
    /cannot be reached/,
    true,
  ],
  [
    'ERROR: unexpected error - An error occurred (403) when calling the HeadObject operation: Forbidden',
    'credentials',
    /does not allow this.*token is stale/,
    false,
  ],
  [
    'ListObjectsV2: HTTP 403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.',
    'credentials',
    /refused the credentials.*DAGSHUB_TOKEN/,
    false,
  ],
  [
    'ListObjectsV2: HTTP 403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.',
    'credentials',
    /refused the credentials/,
    false,
  ],
  [
    "ERROR: failed to push data to the cloud - config file error: remote 'evil' doesn't exist",
    'configuration',
    /an out names another remote/,
    false,
  ],
  [
    'ERROR: botocore would start a program, sh, beside the engine',
    'configuration',
    /its configuration names a program/,
    false,
  ],
  ['ListObjectsV2: HTTP 401 Unauthorized', 'credentials', /refused the credentials/, false],
  [
    'ERROR: unexpected error - [Errno 5] An error occurred (Unauthorized) when calling the ListObjectsV2 operation: : An error occurred (Unauthorized) when calling the ListObjectsV2 operation',
    'credentials',
    /refused the credentials/,
    false,
  ],
  [
    '401 Client Error: Unauthorized for url: https://dagshub.com/u/r.dvc/files/md5/00/11',
    'credentials',
    /refused the credentials/,
    false,
  ],
  ['ListObjectsV2: HTTP 403 AccessDenied: no', 'credentials', /does not allow this/, false],
  ['PutObject: HTTP 403 AccessDenied: Access Denied', 'credentials', /read, but not write/, false],
  ['PutObject: HTTP 401 Unauthorized', 'credentials', /read, but not write/, false],
  ['CreateMultipartUpload: HTTP 403 AccessDenied', 'credentials', /read, but not write/, false],
  [
    'Access Denied <- An error occurred (AccessDenied) when calling the PutObject operation: Access Denied',
    'credentials',
    /read, but not write/,
    false,
  ],
  [
    'ListObjectsV2: HTTP 403 RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
    'remote',
    /clock.*timedatectl/,
    false,
  ],
  [
    'ListObjectsV2: HTTP 404 NoSuchBucket: The specified bucket does not exist',
    'remote',
    /does not exist.*DAGSHUB_REPO/,
    false,
  ],
  ['PutObject: HTTP 413', 'remote', /as large as this/, false],
  [
    'UploadPart: HTTP 400 EntityTooLarge: Your proposed upload exceeds the maximum allowed size',
    'remote',
    /as large as this/,
    false,
  ],
  ["ERROR: failed to transfer 'aa' - 400 Bad Request", 'remote', /as large as this/, false],
  ['PutObject: HTTP 400 InvalidRequest: what is that?', 'remote', /HTTP 400/, false],
  [
    "SSLError: SSL validation failed for https://127.0.0.1:41287/dvc Cannot connect to host 127.0.0.1:41287 ssl:True [SSLCertVerificationError: (1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)')]",
    'remote',
    /not trusted.*SSL_CERT_FILE/,
    false,
  ],
  [
    'SSLError: SSL validation failed for https://127.0.0.1:42145/dvc Cannot connect to host 127.0.0.1:42145 ssl:default [[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)]',
    'remote',
    /does not speak TLS/,
    false,
  ],
  ['OSError: [Errno 28] No space left on device', 'remote', /no space/, false],
  ['503 Service Temporarily Unavailable', 'remote', /trouble of its own/, true],
  ['PutObject: HTTP 503: Service Unavailable', 'remote', /trouble of its own/, true],
  ['PutObject: HTTP 502: Bad Gateway', 'remote', /trouble of its own/, true],
  ['PutObject: HTTP 500 InternalError: sorry', 'remote', /trouble of its own/, true],
  ['PutObject: HTTP 429 TooManyRequests', 'remote', /trouble of its own/, true],
  [
    'EndpointConnectionError: Could not connect to the endpoint URL: "http://127.0.0.1:1/dvc?list-type=2"',
    'remote',
    /cannot be reached/,
    true,
  ],
  [
    'ReadTimeoutError: Read timeout on endpoint URL: "https://dagshub.com/u/r.s3/dvc/a"',
    'remote',
    /cannot be reached/,
    true,
  ],
  [
    'WARNING: Some of the cache files do not exist neither locally nor on remote. Missing cache files:',
    'remote',
    /lacks files/,
    false,
  ],
  [
    'ERROR: Unable to acquire lock. Most likely another DVC process is running or was terminated abruptly.',
    'busy',
    /another DVC is at work/,
    true,
  ],
  ['something new', 'remote', /could not be used/, true],
] as const;

test.each(said)('%s', (line, kind, says, mayPass) => {
  const failure = explainTransfer('push', remote, ['', line, 'Having any troubles? Hit us up']);
  expect(failure.kind).toBe(kind);
  expect(`${failure.cause} ${failure.hint}`).toMatch(says);
  expect(failure.details).toEqual([line]);
  expect(failure.mayPass).toBe(mayPass);
});

describe('what a transfer told itself', () => {
  const why = 'PutObject: HTTP 413';
  const objects = [{ path: 'model.bin', size: 300_000_000, why }];
  const summary = 'ERROR: failed to push data to the cloud - 3 files failed to upload';

  test('names the files, and says why before DVC says that', () => {
    const failed = { type: 'failed', count: 1, objects } as const;
    const failure = explainTransfer('push', remote, [summary], { failed });
    expect(failure.cause).toBe(
      'push failed: https://dagshub.com/u/r.s3 does not take files as large as this: model.bin (300 MB) was not sent',
    );
    expect(failure.details).toEqual([why, summary]);
  });

  test('names five files at most, and counts all', () => {
    const many = 'abcdefg'.split('').map((path) => ({ path, why }));
    const failed = { type: 'failed', count: 2_000, objects: many } as const;
    const { cause } = explainTransfer('pull', remote, [], { failed });
    expect(cause).toMatch(/: a, b, c, d, e and 1,995 more were not fetched$/);
  });

  test.each([
    ['push', 0, /neither this machine nor .* all that dvc.lock names: data\/a was nowhere/, false],
    ['push', 1, /after the push .* still lacks what it was sent: data\/a was not there/, true],
    ['pull', 0, /lacks files that dvc.lock names: data\/a was not there/, false],
  ] as const)('%s of what the remote has not, %d of it here', (direction, here, says, mayPass) => {
    const objects = [{ path: 'data/a', here: here === 1 }];
    const lacking = { type: 'lacking' as const, count: 1, here, objects };
    const failure = explainTransfer(direction, remote, [summary], { lacking });
    expect(failure.cause).toMatch(says);
    expect(failure).toMatchObject({ kind: 'remote', mayPass });
  });
});

test('a default remote that no section is of is nobody else’s', () => {
  const line = "ERROR: config file error: remote 'nope' doesn't exist";
  const own = explainTransfer('push', { kind: 'project', name: 'nope' }, [line]);
  expect(own).toMatchObject({ kind: 'configuration', mayPass: false });
  expect(own.cause).toContain('nope of .dvc/config is the default, and no remote of that name');
  expect(explainTransfer('push', remote, [line]).cause).toContain('an out names another remote');
  const other = explainTransfer('push', { kind: 'folder', folder: '/srv' }, [line]);
  expect(other).toMatchObject({ kind: 'configuration', mayPass: false });
  expect(other.cause).toContain('an out names another remote, nope, which no .dvc/config has');
  expect(other.hint).toContain('dvc remote add nope ADDRESS');
});

test.each([
  'data/img_403.png',
  'data/403.csv',
  'runs/401/model.bin',
  'data/503.csv',
  'docs/Forbidden City.jpg',
  'NoSuchBucket',
])('the name of a file, %s, decides nothing', (path) => {
  const why = `OSError: cannot send ${path}: ConnectionResetError`;
  const failed = { type: 'failed' as const, count: 1, objects: [{ path, size: 10, why }] };
  const failure = explainTransfer('push', remote, [], { failed });
  expect(failure).toMatchObject({ kind: 'remote', mayPass: true });
  const line = `ERROR: failed to pull data from the cloud - [Errno 5] Input/output error: '/srv/p/${path}'`;
  expect(explainTransfer('pull', remote, [line])).toMatchObject({ kind: 'remote', mayPass: true });
});
