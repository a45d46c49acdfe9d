import { describe, expect, test } from '@jest/globals';
import { judgeSkew } from '../../../src/doctor/checks/clock.ts';
import { remoteTroubles } from '../../../src/doctor/checks/config.ts';
import { judgeApi } from '../../../src/doctor/checks/engine.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import { secretHider } from '../../../src/secrets/secrets.ts';

test.each([
  [0, 'ok'],
  [-59, 'ok'],
  [61, 'warning'],
  [-899, 'warning'],
  [901, 'failure'],
  [-90_000, 'failure'],
])('a clock that is %i s ahead is %s', (seconds, state) => {
  expect(judgeSkew(seconds, 'https://example.org')).toMatchObject({ state });
});

test('the clock’s finding says which way', () => {
  expect(JSON.stringify(judgeSkew(120, 'https://s'))).toContain('2 min 0 s ahead of');
  expect(JSON.stringify(judgeSkew(-120, 'https://s'))).toContain('2 min 0 s behind');
});

describe('the API', () => {
  test('1.41 has no subpath, 1.45 has, 2.0 is newer than all', () => {
    expect(judgeApi('1.41')).toMatchObject({ state: 'ok', text: expect.stringContaining('1.45') });
    expect(judgeApi('1.45')).toMatchObject({ state: 'ok', text: '1.45' });
    expect(judgeApi('2.0')).toMatchObject({ state: 'ok', text: '2.0' });
  });

  test('1.40 is too old', () => {
    expect(() => judgeApi('1.40')).toThrow(ExpectedFailure);
  });
});

describe('a remote of .dvc/config', () => {
  const troublesOf = (entries: Record<string, string>, file = '.dvc/config') =>
    remoteTroubles(
      { name: 'origin', file, entries: new Map(Object.entries(entries)) },
      'https://dagshub.com',
    ).map(({ text }) => text);

  test.each([
    [{ url: 's3://dvc', endpointurl: 'https://dagshub.com/a/b.s3' }, []],
    [{ url: '../folder' }, []],
    [{ url: 's3://dvc', endpointurl: 'https://evil.example' }, [/leads to evil\.example/]],
    [{ url: 'http://dagshub.com/a/b.dvc' }, [/plain http/, /leads to dagshub\.com/]],
    [{ url: 's3://dvc', ssl_verify: 'False' }, [/ssl_verify/]],
    [{ url: 's3://dvc', custom_auth_header: 'X-A' }, [/custom_auth_header\)/, /Git keeps/]],
    [{ url: 'https://ada:pass@dagshub.com/a' }, [/credentials in its address/]],
    [{ url: 's3://dvc', secret_access_key: 'hidden-value' }, [/has secret_access_key/]],
  ] as const)('%j', (entries, patterns) => {
    const found = troublesOf(entries);
    expect(found).toHaveLength(patterns.length);
    for (const [index, pattern] of patterns.entries()) expect(found[index]).toMatch(pattern);
    expect(found.join()).not.toMatch(/hidden-value|pass/);
  });

  test('may have its secrets in config.local', () => {
    expect(troublesOf({ url: 's3://dvc', password: 'x' }, '.dvc/config.local')).toEqual([]);
  });
});

test('secrets are taken out in every form, and from addresses', () => {
  const token = 'canary+7f7f7f';
  const hide = secretHider({
    DAGSHUB_TOKEN: token,
    DAGSHUB_USER_NAME: 'ada',
    SHORT_TOKEN: 'ab',
    HOME: '/home/ada',
  });
  const basic = (text: string) => Buffer.from(text).toString('base64');
  const said = `${token} ${encodeURIComponent(token)} ${basic(token)} ${basic(`ada:${token}`)} https://ada:x@host/ ab /home/ada`;
  expect(hide(said)).toBe('*** *** *** *** https://***@host/ ab /home/ada');
});
