import { statSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ensureBaseImage } from '../../src/container/base-image/base-image.ts';
import { connectEngine } from '../../src/container/engine.ts';
import { findOwnContainer } from '../../src/container/files/own-container.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';

const { docker } = await connectEngine();
const socket = statSync('/var/run/docker.sock');
let image = '';

beforeAll(async () => {
  const report = (line: string) => process.stderr.write(`${line}\n`);
  image = (await ensureBaseImage(docker, { env: process.env, report })).reference;
});

/** Runs the host's Node in a container with the engine's socket and this repository at /repo. */
async function askInside(options: readonly string[], path: string) {
  const name = `sibling-own-${process.pid}`;
  const { code, stdout, stderr } = await runCommand('docker', [
    ...['run', '--rm', '--name', name],
    ...['--volume', '/var/run/docker.sock:/var/run/docker.sock'],
    ...['--volume', `${process.execPath}:/usr/local/bin/node:ro`],
    ...['--mount', `type=bind,src=${repository},dst=/repo,readonly`],
    ...options,
    image,
    ...['node', '/repo/build/test/rig/print-own-container.js', path],
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('a process in a container finds it and its mounts', () => {
  test.each([
    ['plainly', []],
    ['with a hostname of its own', ['--hostname', 'sibling-dev']],
    ['on the host network', ['--network', 'host']],
    ['with a read-only root and /tmp in memory', ['--read-only', '--tmpfs', '/tmp']],
    ['as a user without a name', ['--user', '12345:12345', '--group-add', `${socket.gid}`]],
  ])('%s', async (_, options) => {
    const own = await askInside(options, '/repo/src');
    expect(own).toMatchObject({
      foundBy: '/proc/self/mountinfo',
      mount: { kind: 'bind', source: `${repository}/src` },
    });
  });

  test('by name, when told', async () => {
    const told = ['--env', `SIBLING_CONTAINER_ID=sibling-own-${process.pid}`];
    expect(await askInside(told, '/repo')).toMatchObject({ foundBy: 'SIBLING_CONTAINER_ID' });
  });

  test('in a named volume, also behind a tmpfs', async () => {
    const volume = `sibling-own-${process.pid}`;
    const options = ['--volume', `${volume}:/work`, '--tmpfs', '/work/memory'];
    try {
      expect((await askInside(options, '/work/a')).mount).toMatchObject({
        kind: 'volume',
        volume,
        subpath: 'a',
      });
      expect((await askInside(options, '/work/memory/a')).mount).toBeUndefined();
    } finally {
      await docker.getVolume(volume).remove();
    }
  });

  test('in the network of another container, whose /etc/hostname it then has', async () => {
    const other = await docker.createContainer({
      Image: image,
      Cmd: ['sleep', '300'],
      HostConfig: { Init: true },
    });
    try {
      await other.start();
      const own = await askInside(['--network', `container:${other.id}`], '/repo');
      expect(own.id).not.toBe(other.id);
    } finally {
      await other.remove({ force: true });
    }
  });
});

test('a process on the host is in no container of the engine', async () => {
  expect(await findOwnContainer(docker)).toBeUndefined();
});
