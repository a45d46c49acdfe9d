import { describe, expect, test } from '@jest/globals';
import { askServer } from '../../src/doctor/probes/server-answer.ts';
import { gitHubClient } from '../../src/github/api/client.ts';
import { patientRequest } from '../../src/github/api/patient-request.ts';
import { callService } from '../../src/github/artifact/service.ts';
import { mlflowClient } from '../../src/mlflow/client.ts';
import { whyNoAnswer } from '../../src/network/why-no-answer.ts';
import { checkUser } from '../../src/servers/dagshub-api.ts';

/** Each client of a server, asking one at this address. */
const clients: readonly [string, (url: string) => Promise<unknown>][] = [
  ['DagsHub', (host) => checkUser({ host, owner: 'o', repo: 'r', user: 'u', token: 't' })],
  ['MLflow', (uri) => mlflowClient({ uri }).get('experiments/search')],
  ['GitHub', (baseUrl) => patientRequest(gitHubClient('t', { baseUrl }))('GET /user', {})],
  ['artifacts', (url) => callService({ url: `${url}/`, token: 't' }, 'ListArtifacts', {})],
  ['doctor', (url) => askServer({ url }, 'tracking', AbortSignal.timeout(5_000))],
];

describe.each(clients)('a client of %s', (_, ask) => {
  test('says what the environment says wrong, at once', async () => {
    process.env.HTTPS_PROXY = 'socks5://127.0.0.1:1';
    try {
      const begun = Date.now();
      await expect(ask('https://server.sibling.test')).rejects.toMatchObject({
        failure: { kind: 'configuration', cause: 'HTTPS_PROXY names no http proxy' },
      });
      expect(Date.now() - begun).toBeLessThan(900);
    } finally {
      delete process.env.HTTPS_PROXY;
    }
  });

  test('says that an address is of no server', async () => {
    await expect(ask('file:///x')).rejects.toMatchObject({
      failure: {
        kind: 'configuration',
        cause: expect.stringMatching(/not the address of a server/),
      },
    });
  });
});

test.each([
  [Object.assign(new Error(''), { name: 'TimeoutError' }), 'does not answer within 5 s'],
  [
    new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }),
    'does not answer: ECONNREFUSED',
  ],
  [
    new TypeError('fetch failed', { cause: new Error('other side closed') }),
    'does not answer: other side closed',
  ],
  [new Error('odd'), 'does not answer: odd'],
])('%s: %s', (error, words) => {
  expect(whyNoAnswer(error, 5_000)).toBe(words);
});
