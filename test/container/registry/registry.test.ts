import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loginFor, registryOf } from '../../../src/container/registry/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-docker-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const encoded = (text: string) => Buffer.from(text).toString('base64');
writeFileSync(
  join(folder, 'config.json'),
  JSON.stringify({
    auths: {
      'ghcr.io': { auth: encoded('stored:pa:ss') },
      'https://index.docker.io/v1/': { auth: encoded('hub:secret') },
    },
  }),
);
const ownLogin = {
  DOCKER_CONFIG: folder,
  SIBLING_REGISTRY: 'registry.example.com:5000/team/',
  SIBLING_REGISTRY_USER: 'ada',
  SIBLING_REGISTRY_PASSWORD: 'canary',
};

describe('the login for an image', () => {
  test.each([
    ['registry.example.com:5000/team/train:1', 'ada'],
    ['registry.example.com:5000/other@sha256:0', 'ada'],
    ['registry.example.com/team/train:1', undefined],
    ['evil.example.org/registry.example.com:5000/train', undefined],
    ['ghcr.io/owner/image@sha256:0', 'stored'],
    ['python@sha256:0', 'hub'],
    ['library/python@sha256:0', 'hub'],
    ['localhost/x', undefined],
  ])('%s: %s', async (image, user) => {
    expect(await loginFor(ownLogin, image)).toEqual(
      user && expect.objectContaining({ username: user }),
    );
  });
});

test('a stored password may hold a colon', async () => {
  expect(await loginFor(ownLogin, 'ghcr.io/x')).toMatchObject({ password: 'pa:ss' });
});

test('no registry without SIBLING_REGISTRY; one without a login is anonymous', async () => {
  expect(await registryOf({ DOCKER_CONFIG: folder })).toBeUndefined();
  expect(await registryOf({ DOCKER_CONFIG: folder, SIBLING_REGISTRY: 'localhost:5000' })).toEqual({
    prefix: 'localhost:5000',
  });
  expect(await registryOf(ownLogin)).toMatchObject({
    prefix: 'registry.example.com:5000/team',
    auth: { username: 'ada', password: 'canary' },
  });
});

describe('a login that a credential helper keeps', () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const helper = (name: string, script: string) =>
    writeFileSync(join(bin, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, {
      mode: 0o755,
    });
  // Answers for one registry, and keeps what it was asked.
  helper(
    'stub',
    `[ "$1" = get ] || exit 2
read -r host || [ -n "$host" ]
echo "$host" >> ${folder}/asked
case $host in
  ghcr.io) echo '{"ServerURL":"ghcr.io","Username":"helped","Secret":"s3cret"}' ;;
  *.azurecr.io) echo '{"ServerURL":"x","Username":"<token>","Secret":"t0ken"}' ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac`,
  );
  helper('broken', 'echo "no session bus" >&2; exit 1');
  helper('odd', 'echo "<html>"');
  const loginBy = (config: object, image: string) => {
    const own = mkdtempSync(join(folder, 'config-'));
    writeFileSync(join(own, 'config.json'), JSON.stringify(config));
    return loginFor({ DOCKER_CONFIG: own, PATH: `${bin}:${process.env.PATH}` }, image);
  };
  const auths = {
    'ghcr.io': { auth: encoded('stored:old') },
    'other.io': { auth: encoded('o:x') },
  };

  test.each<[string, object, string, object | undefined]>([
    [
      'named for the registry',
      { credHelpers: { 'ghcr.io': 'stub' }, auths },
      'ghcr.io/a',
      { username: 'helped', password: 's3cret' },
    ],
    [
      'named for all',
      { credsStore: 'stub', auths },
      'ghcr.io/a',
      { username: 'helped', password: 's3cret' },
    ],
    ['that gives a token', { credsStore: 'stub' }, 'team.azurecr.io/a', { identitytoken: 't0ken' }],
    [
      'that has none, so that the file counts',
      { credsStore: 'stub', auths },
      'other.io/a',
      { username: 'o' },
    ],
    ['that has none', { credsStore: 'stub' }, 'quay.io/a', undefined],
    [
      'of another registry',
      { credHelpers: { 'ghcr.io': 'broken' }, auths },
      'other.io/a',
      { username: 'o' },
    ],
    [
      'of nobody: an old address in the file',
      { auths: { 'https://ghcr.io/v1/': { auth: encoded('old:x') } } },
      'ghcr.io/a',
      { username: 'old' },
    ],
    [
      'of nobody: a token in the file',
      { auths: { 'ghcr.io': { identitytoken: 'i' } } },
      'ghcr.io/a',
      { identitytoken: 'i' },
    ],
    ['of nobody', { auths: { 'ghcr.io': {} }, HttpHeaders: {} }, 'ghcr.io/a', undefined],
  ])('%s', async (_, config, image, expected) => {
    expect(await loginBy(config, image)).toEqual(expected && expect.objectContaining(expected));
  });

  test('is asked for the registry’s own name, Docker Hub’s included', async () => {
    await loginBy({ credsStore: 'stub' }, 'python@sha256:0');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toMatch(
      /^https:\/\/index.docker.io\/v1\/$/m,
    );
  });

  test.each<[object, RegExp]>([
    [
      { credsStore: 'broken' },
      /docker-credential-broken gave no login for ghcr.io: no session bus/,
    ],
    [{ credsStore: 'odd' }, /its answer is not as the protocol has it/],
    [{ credsStore: 'gone' }, /there is no such program on PATH/],
    [{ credsStore: '../evil' }, /its name is none of a program/],
    [{ credsStore: 7 }, /credsStore is not as expected/],
    [{ auths: { 'ghcr.io': 'x' } }, /Docker's configuration cannot be read: auths/],
  ])('%j is refused in words', async (config, cause) => {
    await expect(loginBy(config, 'ghcr.io/a')).rejects.toMatchObject({
      failure: { cause: expect.stringMatching(cause), place: { file: expect.any(String) } },
    });
  });
});
