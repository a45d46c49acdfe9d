import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loginFor, registryOf } from '../../src/container/registry.ts';

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
  ])('%s: %s', (image, user) => {
    expect(loginFor(ownLogin, image)).toEqual(user && expect.objectContaining({ username: user }));
  });
});

test('a stored password may hold a colon', () => {
  expect(loginFor(ownLogin, 'ghcr.io/x')).toMatchObject({ password: 'pa:ss' });
});

test('no registry without SIBLING_REGISTRY; one without a login is anonymous', () => {
  expect(registryOf({ DOCKER_CONFIG: folder })).toBeUndefined();
  expect(registryOf({ DOCKER_CONFIG: folder, SIBLING_REGISTRY: 'localhost:5000' })).toEqual({
    prefix: 'localhost:5000',
  });
  expect(registryOf(ownLogin)).toMatchObject({
    prefix: 'registry.example.com:5000/team',
    auth: { username: 'ada', password: 'canary' },
  });
});
