import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { createContainer } from '../../src/container/create.ts';
import type { ImageId } from '../../src/container/identity/found-image.ts';

const asked: { url: string; body: { HostConfig: { LogConfig: object }; Env: string[] } }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (data) => {
    body += data;
  });
  request.on('end', () => {
    asked.push({ url: request.url ?? '', body: JSON.parse(body || '{}') });
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"Id":"x"}');
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

test.each([
  ['Docker', { Type: 'local', Config: { 'max-size': '64m', 'max-file': '2' } }],
  ['Podman', { Type: 'k8s-file', Config: { 'max-size': '64m' } }],
] as const)(
  '%s is asked with a bounded log, and no variable is in the address',
  async (product, log) => {
    const { port } = server.address() as AddressInfo;
    const docker = new Docker({ host: '127.0.0.1', port, protocol: 'http' });
    const Image: ImageId = 'sha256:i';
    const options = { name: 'one', Image, Env: ['TOKEN=canary'], HostConfig: { Init: true } };
    await createContainer({ docker, product }, options);
    expect(asked.pop()).toEqual({
      url: '/containers/create?name=one',
      body: { Image, Env: ['TOKEN=canary'], HostConfig: { Init: true, LogConfig: log } },
    });
  },
);

test('without a name none is in the address', async () => {
  const { port } = server.address() as AddressInfo;
  const docker = new Docker({ host: '127.0.0.1', port, protocol: 'http' });
  await createContainer({ docker, product: 'Docker' }, { Image: 'sha256:1' }, 5);
  const { url, body } = asked.pop() ?? {};
  expect(url).not.toMatch(/name/);
  expect(body?.HostConfig.LogConfig).toMatchObject({ Config: { 'max-size': '5m' } });
});
