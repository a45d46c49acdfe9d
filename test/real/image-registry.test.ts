import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { busyboxImage, ensureBusyboxImage } from '../rig/busybox-image.ts';
import {
  type ImageRegistry,
  registryPassword,
  registryUser,
  startImageRegistry,
} from '../rig/image-registry.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const docker = new Docker();
let registry: ImageRegistry;
let root = '';

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  registry = await startImageRegistry();
  // A script of its own, so that no other test has made the image.
  root = makeProject({ stages: { shared: { script: `echo ${process.pid} ${Date.now()}` } } });
});
afterAll(async () => {
  await registry.stop();
  removeProject(root);
});

const login = (password = registryPassword) => ({
  SIBLING_IN_RUNNER: '1', // without the runner's own image, which takes long to send
  SIBLING_REGISTRY: `${registry.host}/team`,
  SIBLING_REGISTRY_USER: registryUser,
  SIBLING_REGISTRY_PASSWORD: password,
  DOCKER_CONFIG: '/nowhere',
});

/** Builds the one image; gives where it came from, and what was said. */
async function build(env: NodeJS.ProcessEnv) {
  const { code, stdout, stderr } = await sibling(root, ['build', 'shared', '--json'], { env });
  expect(stderr).not.toContain(registryPassword);
  expect(code).toBe(0);
  const { source, reference } = JSON.parse(stdout).shared;
  return { source, reference: reference as string, said: stderr };
}

/** Forgets the image here, under each of its names. */
async function forget(reference: string): Promise<void> {
  const { RepoTags: names } = await docker.getImage(reference).inspect();
  for (const name of names) await docker.getImage(name).remove();
}

test('an image is sent after it was built, and fetched where it is missing', async () => {
  const built = await build(login());
  expect(built).toMatchObject({ source: 'built', said: expect.stringMatching(/Pushed image/) });
  expect(await registry.repositories()).toContain('team/sibling-shared');
  expect(await build(login())).toMatchObject({ source: 'local' });
  await forget(built.reference);
  const pulled = await build(login());
  expect(pulled).toMatchObject({ source: 'registry', reference: built.reference });
  expect(pulled.said).not.toMatch(/Building image sibling\/shared/);
  await forget(built.reference);
});

test.each([
  ['wrong credentials', () => login('wrong'), /refused the credentials/],
  [
    'no credentials',
    () => ({ SIBLING_REGISTRY: `${registry.host}/team`, DOCKER_CONFIG: '/nowhere' }),
    /refused the credentials; set SIBLING_REGISTRY_USER/,
  ],
  ['a registry that is down', () => ({ SIBLING_REGISTRY: '127.0.0.1:9/team' }), /refused|no route/],
])('%s: the image is built, with a warning', async (_, env, warning) => {
  const built = await build(env());
  expect(built.source).toBe('built');
  expect(built.said).toMatch(/warning: .* cannot be pulled/);
  expect(built.said).toMatch(warning);
  await forget(built.reference);
});

test('a registry that is away is asked once, whatever the number of images', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const stages = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name) => [name, { script: `echo ${name} ${Date.now()}` }]),
  );
  const several = makeProject({ stages });
  const { port } = silent.address() as AddressInfo;
  const env = { ...login(), SIBLING_REGISTRY: `127.0.0.1:${port}/team` };
  const { code, stderr, stdout } = await sibling(several, ['build', '--json'], { env });
  expect(code).toBe(0);
  expect(stderr.match(/warning/g)).toHaveLength(1);
  expect(stderr).toMatch(/no answer within 15 s; images are built here/);
  for (const { reference } of Object.values<{ reference: string }>(JSON.parse(stdout))) {
    await forget(reference);
  }
  silent.close();
  removeProject(several);
}, 90_000);

test('a stage’s image by digest comes from the registry, with its login', async () => {
  const name = `${registry.host}/team/own`;
  await docker.getImage(busyboxImage).tag({ repo: name, tag: '1' });
  const authconfig = { username: registryUser, password: registryPassword, serveraddress: '' };
  const push = await docker.getImage(`${name}:1`).push({ authconfig });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(push, (error) => (error ? reject(error) : resolve()));
  });
  const { RepoDigests: digests } = await docker.getImage(`${name}:1`).inspect();
  const image = digests.find((digest) => digest.startsWith(name)) ?? '';
  await docker.getImage(`${name}:1`).remove();
  const own = makeProject({
    stages: { one: { script: '', entry: { outs: ['out'], meta: { sibling: { image } } } } },
  });
  const stage = ['stage', 'one', '--', 'sh', '-c', 'echo own > out'];
  try {
    const refused = await sibling(own, stage, { env: login('wrong') });
    expect(refused.stderr).toMatch(/cannot be pulled: the registry refused the credentials/);
    expect(refused.code).toBe(5);
    expect(await sibling(own, stage, { env: login() })).toMatchObject({ code: 0 });
    await docker.getImage(image).remove();
  } finally {
    removeProject(own);
  }
});
