import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { busyboxImage, ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type RemoteEngine, startRemoteEngine } from '../rig/remote-engine.ts';
import { runCommand } from '../rig/run-command.ts';
import { makeProject, removeProject, sibling, startSibling } from '../rig/stage-project.ts';

const docker = new Docker();
const roots: string[] = [];
let runnerImage = '';
/** What a run on this machine with bind mounts writes: the same is expected everywhere. */
let lock = '';

/** Two stages: a folder and a param go in, a folder with a nested one and a file come out. */
function project(): string {
  const root = makeProject({
    stages: {
      split: {
        script:
          'mkdir -p out/parts/deep; cat in/a in/b > out/parts/one; echo 2 > "out/parts/deep/a b"; cat params.yaml >> out/parts/one',
        entry: { deps: ['in'], params: ['seed'], outs: ['out/parts'] },
      },
      join: {
        script:
          '! touch out/parts/new 2> /dev/null; cat out/parts/one "out/parts/deep/a b" > all.txt',
        entry: { deps: ['out/parts'], outs: ['all.txt'] },
      },
    },
    files: { 'in/a': '1\n', 'in/b': '2\n', 'params.yaml': 'seed: 7\nother: 1\n' },
  });
  roots.push(root);
  return root;
}

function expectResults(root: string): void {
  expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(lock);
  expect(readFileSync(join(root, 'all.txt'), 'utf8')).toBe('1\n2\nseed: 7\n2\n');
  const below = readdirSync(join(root, 'out'), { recursive: true });
  const outs = below.map(String).filter((path) => path !== '.gitignore');
  expect(outs.sort()).toEqual(['parts', 'parts/deep', 'parts/deep/a b', 'parts/one']);
}

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  const root = project();
  expect(await sibling(root, ['run'])).toMatchObject({ code: 0 });
  lock = readFileSync(join(root, 'dvc.lock'), 'utf8');
  const images = await sibling(root, ['build', '--json']);
  runnerImage = JSON.parse(images.stdout)['dvc-runner'].reference;
}, 300_000);

afterAll(() => {
  for (const root of roots) removeProject(root);
});

test('copies instead of mounts give the same, and the copies do not outlive the run', async () => {
  const root = project();
  const before = (await docker.listVolumes()).Volumes.length;
  const result = await sibling(root, ['run'], { env: { SIBLING_FILES: 'copy' } });
  expect(result).toMatchObject({ code: 0 });
  expectResults(root);
  expect((await docker.listVolumes()).Volumes).toHaveLength(before);
  const again = await sibling(root, ['run'], { env: { SIBLING_FILES: 'copy' } });
  expect(again.stderr).toMatch(/Nothing changed/);
});

test('copies of stages that had ended come back after Ctrl-C', async () => {
  const root = makeProject({
    stages: {
      first: { script: 'echo 1 > one', entry: { outs: ['one'] } },
      second: { script: 'echo here; sleep 60', entry: { deps: ['one'], outs: ['two'] } },
    },
  });
  roots.push(root);
  const run = startSibling(root, ['run'], { env: { SIBLING_FILES: 'copy' } });
  await run.until(/\[second\] here/);
  run.kill('SIGINT');
  expect((await run.finished).code).toBe(130);
  expect(readFileSync(join(root, 'one'), 'utf8')).toBe('1\n');
  expect(Object.keys(parse(readFileSync(join(root, 'dvc.lock'), 'utf8')).stages)).toEqual([
    'first',
  ]);
});

describe('the dvc-runner image, started by hand', () => {
  const inside = (...options: string[]) =>
    runCommand('docker', [
      ...['run', '--rm', '--volume', '/var/run/docker.sock:/var/run/docker.sock'],
      ...options,
      ...[runnerImage, 'sibling', 'run'],
    ]);

  test.each([
    ['at another path', []],
    ['with a hostname of its own', ['--hostname', 'workstation']],
    ['on the host’s network', ['--network', 'host']],
  ])('with the project mounted %s', async (_, options) => {
    const root = project();
    const mount = ['--volume', `${root}:/somewhere/else`, '--workdir', '/somewhere/else'];
    expect(await inside(...mount, ...options)).toMatchObject({ code: 0 });
    expectResults(root);
  });

  test('with the project in a named volume', async () => {
    const root = project();
    const volume = `sibling-placement-${process.pid}`;
    const keeper = await docker.createContainer({
      Image: busyboxImage,
      Cmd: ['true'],
      HostConfig: { Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }] },
    });
    try {
      execFileSync('docker', ['cp', '--archive', `${root}/.`, `${keeper.id}:/data`]);
      const mount = ['--volume', `${volume}:/project`, '--workdir', '/project'];
      expect(await inside(...mount)).toMatchObject({ code: 0 });
      rmSync(root, { recursive: true });
      execFileSync('docker', ['cp', '--archive', `${keeper.id}:/data`, root]);
      expectResults(root);
    } finally {
      await keeper.remove();
      await docker.getVolume(volume).remove();
    }
  });

  test('with the project in the container itself', async () => {
    const root = project();
    const container = await docker.createContainer({
      Image: runnerImage,
      Cmd: ['sibling', 'run'],
      WorkingDir: '/project',
      HostConfig: {
        Mounts: [{ Type: 'bind', Source: '/var/run/docker.sock', Target: '/var/run/docker.sock' }],
      },
    });
    try {
      execFileSync('docker', ['cp', '--archive', `${root}/.`, `${container.id}:/project`]);
      await container.start();
      expect(await container.wait()).toMatchObject({ StatusCode: 0 });
      rmSync(root, { recursive: true });
      execFileSync('docker', ['cp', '--archive', `${container.id}:/project`, root]);
      expectResults(root);
    } finally {
      await container.remove({ force: true, v: true });
    }
  });
});

describe('an engine on another machine, over TCP with TLS', () => {
  let remote: RemoteEngine;

  beforeAll(async () => {
    remote = await startRemoteEngine();
    const bases = await docker.listImages({ filters: { reference: ['sibling/base'] } });
    const references = bases.flatMap((image) => image.RepoTags ?? []);
    await remote.load([...references, runnerImage, busyboxImage]);
  }, 300_000);
  afterAll(() => remote.stop());

  test('gets the files as copies, because it does not see them', async () => {
    const root = project();
    const result = await sibling(root, ['run'], { env: { ...remote.env } });
    expect(result).toMatchObject({ code: 0 });
    expectResults(root);
    expect(statSync(join(root, 'all.txt')).uid).toBe(process.getuid?.());
    expect(await remote.docker.listContainers({ all: true })).toEqual([]);
    expect((await remote.docker.listVolumes()).Volumes ?? []).toEqual([]);
  });

  test('a stage that fails there brings nothing back', async () => {
    const root = project();
    expect(await sibling(root, ['run'], { env: { ...remote.env } })).toMatchObject({ code: 0 });
    writeFileSync(join(root, 'stages/join/run.sh'), 'echo half > all.txt; exit 3\n');
    const result = await sibling(root, ['run', '--force', '--single', 'join'], {
      env: { ...remote.env },
    });
    expect(result.code).toBe(3);
    expect(readFileSync(join(root, 'dvc.lock'), 'utf8')).toBe(lock);
    expect(readdirSync(root)).not.toContain('half');
  });

  test('is refused where mounts are asked for: the error names what was tried', async () => {
    const root = project();
    const env = { ...remote.env, SIBLING_FILES: 'bind' };
    const result = await sibling(root, ['run'], { env });
    expect(result.stderr).toMatch(/bind source path does not exist|Tried: a mount of/);
    expect(result.stderr).toMatch(/docs\/DOCKER_SOCKET\.md/);
    expect(result.code).toBe(4);
  });

  test('a folder of the same name there is not taken for the project', async () => {
    const root = project();
    remote.makeFolder(join(root, '.sibling'));
    const env = { ...remote.env, SIBLING_FILES: 'bind' };
    const refused = await sibling(root, ['run'], { env });
    expect(refused.stderr).toMatch(
      /mounts another folder than .*: a file written there does not appear/,
    );
    expect(refused.stderr).toMatch(/Tried: a mount of .*, because SIBLING_FILES asks for it/);
    expect(refused.code).toBe(4);
    expect(await sibling(root, ['run'], { env: { ...remote.env } })).toMatchObject({ code: 0 });
    expectResults(root);
  });

  test('an address that is none is refused', async () => {
    const root = project();
    const result = await sibling(root, ['run'], { env: { DOCKER_HOST: 'here' } });
    expect(result.stderr).toMatch(/here is no address of a container engine/);
    expect(result.code).toBe(4);
  });

  test('without its certificates it is refused with the address', async () => {
    const root = project();
    const { DOCKER_HOST } = remote.env;
    const env = { DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' };
    const result = await sibling(root, ['run'], { env });
    expect(result.stderr).toMatch(/tcp:\/\/127\.0\.0\.1:\d+/);
    expect(result.stderr).not.toMatch(/bug/);
    expect(result.code).toBe(4);
  });
});
