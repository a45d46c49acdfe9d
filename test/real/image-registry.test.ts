import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
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
  root = projectOf('shared');
  mkdirSync(join(root, '.sibling'), { recursive: true });
});
afterAll(async () => {
  await registry.stop();
  removeProject(root);
});

/** A script of its own, so that no other test has made the image. */
function projectOf(what: string): string {
  const script = `: ${process.pid} ${Date.now()} ${what}\necho own > out`;
  return makeProject({ stages: { shared: { script, entry: { outs: ['out'] } } } });
}

const login = (password = registryPassword) => ({
  GITHUB_EVENT_NAME: '', // whatever these tests themselves run for
  SIBLING_IN_RUNNER: '1', // without the runner's own image, which takes long to send
  SIBLING_REGISTRY: `${registry.host}/team`,
  SIBLING_REGISTRY_USER: registryUser,
  SIBLING_REGISTRY_PASSWORD: password,
  DOCKER_CONFIG: '/nowhere',
});

/** Builds the one image; gives where it came from, and what was said. */
async function build(env: NodeJS.ProcessEnv, project = root) {
  const { code, stdout, stderr } = await sibling(project, ['build', 'shared', '--json'], { env });
  expect(stderr).not.toContain(registryPassword);
  expect(code).toBe(0);
  const { source, reference, id } = JSON.parse(stdout).shared;
  return { source, reference: reference as string, id: id as string, said: stderr };
}

/** Gives a name to an image that somebody else has made; it writes `foreign` where a stage's out is. */
async function makeForeign(name: string): Promise<void> {
  const [, repo = '', tag = ''] = /^(.*):([^:]+)$/.exec(name) ?? [];
  const container = await docker.createContainer({ Image: busyboxImage, Cmd: ['true'] });
  const changes = ['ENTRYPOINT ["sh", "-c", "echo foreign > out"]'];
  await container.commit({ repo, tag, changes });
  await container.remove();
}

async function push(name: string): Promise<void> {
  const authconfig = { username: registryUser, password: registryPassword, serveraddress: '' };
  const stream = await docker.getImage(name).push({ authconfig });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}

/** A job for a pull request, whose head is in a repository. */
function pullRequestOf(repository: string, commit: string): NodeJS.ProcessEnv {
  const path = join(root, '.sibling', `event-${commit.slice(0, 4)}.json`);
  const head = { sha: commit, repo: { full_name: repository } };
  writeFileSync(path, JSON.stringify({ number: 1, pull_request: { head } }));
  const event = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: path };
  return { ...login(), ...event, GITHUB_REPOSITORY: 'ada/iris' };
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
    () => ({ ...login(), SIBLING_REGISTRY_USER: undefined, SIBLING_REGISTRY_PASSWORD: undefined }),
    /refused the credentials; set SIBLING_REGISTRY_USER/,
  ],
  [
    'a registry that is down',
    () => ({ ...login(), SIBLING_REGISTRY: '127.0.0.1:9/team' }),
    /refused|no route/,
  ],
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
  await push(`${name}:1`);
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

test('what somebody else calls by a name of ours is not run, nor what the name leads to later', async () => {
  const own = projectOf('foreign');
  const stage = async (env: NodeJS.ProcessEnv) => {
    const { code, stderr } = await sibling(own, ['stage', 'shared'], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return { out: readFileSync(join(own, 'out'), 'utf8'), said: stderr };
  };
  try {
    const { reference, id } = await build(login(), own);
    await makeForeign(reference);
    const env = { ...login(), SIBLING_REGISTRY: '' };
    const { out, said } = await stage(env);
    expect(out).toBe('own\n');
    expect(said).toMatch(/is not used: it has no label sibling.image/);

    // As the launcher hands it over: decided before, started now.
    const facts = join(own, '.sibling/facts.json');
    writeFileSync(facts, JSON.stringify({ images: { shared: { reference, id } } }));
    await makeForeign(reference);
    expect((await stage({ ...env, SIBLING_RUN_FILE: facts })).out).toBe('own\n');

    // And in the registry, from where it goes to other machines.
    await makeForeign(`${registry.host}/team/${reference.replace('/', '-')}`);
    await push(`${registry.host}/team/${reference.replace('/', '-')}`);
    await forget(reference);
    const mended = await build(login(), own);
    expect(mended).toMatchObject({
      source: 'built',
      said: expect.stringMatching(
        /warning: .*\/team\/sibling-shared:\S+ is not used: it has no label/,
      ),
    });
    await forget(reference);
    expect(await build(login(), own)).toMatchObject({ source: 'registry', id: mended.id });
    await forget(reference);
  } finally {
    removeProject(own);
  }
});

test('what a pull request has built stays apart from what main takes', async () => {
  const own = projectOf('pull request');
  const here = pullRequestOf('ada/iris', 'a'.repeat(40));
  const from = async (env: NodeJS.ProcessEnv) => {
    const { source, reference, said } = await build(env, own);
    await forget(reference);
    return { source, pushed: /Pushed image \S*?\/(team\/\S*):/.exec(said)?.[1] };
  };
  try {
    expect([
      await from(pullRequestOf('eve/iris', 'e'.repeat(40))),
      await from(here),
      await from(here),
      await from(pullRequestOf('ada/iris', 'b'.repeat(40))),
      await from(login()),
      await from(pullRequestOf('eve/iris', 'e'.repeat(40))),
    ]).toEqual([
      { source: 'built' },
      { source: 'built', pushed: 'team/unmerged/sibling-shared' },
      { source: 'registry' },
      { source: 'built', pushed: 'team/unmerged/sibling-shared' },
      { source: 'built', pushed: 'team/sibling-shared' },
      { source: 'registry' },
    ]);
  } finally {
    removeProject(own);
  }
});
