import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../../src/container/engine.ts';
import { findProject } from '../../../src/project/project.ts';
import { runDvcInContainer } from '../../../src/run/runner/runner.ts';
import { projectFolder } from '../../dvc/project-folder.ts';
import { type StubEngine, startStubEngine } from '../../rig/stub-engine.ts';

let stub: StubEngine;
beforeEach(async () => {
  // An engine that hears what it is to create, and creates nothing.
  stub = await startStubEngine(() => [500, { message: 'enough' }]);
});
afterEach(() => stub.stop());

/** What DVC's container would be created with. */
async function asked(parts: Partial<Engine> = {}) {
  const root = projectFolder({ 'dvc.yaml': 'stages: {}\n' });
  const project = findProject(root);
  const nothing = async () => undefined;
  const where = {
    ...{ engine: { ...stub.engine, ...parts }, image: 'sha256:1' as const, hostNetwork: false },
    placement: {
      ...{ kind: 'bind' as const, because: '', reaches: () => true, mounts: () => [] },
      ...{ bringIn: nothing, takeOut: nothing },
    },
  };
  const request = {
    ...{ project, run: 'r', env: {}, stageEnv: {}, onOutput: () => undefined },
    remote: { kind: 'folder' as const, folder: root, named: 'x', because: 'x' },
  };
  const running = runDvcInContainer(where, request as never, ['sibling-probe']);
  await expect(running).rejects.toMatchObject({ failure: { kind: 'engine' } });
  const [options, ...more] = stub.created;
  expect(more).toEqual([]);
  return { options, project };
}

describe('the container of DVC', () => {
  test('has no capability, gets none by a program of root’s, and none of the host’s rooms', async () => {
    const { options: { HostConfig = {} } = {} } = await asked();
    expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] });
    expect(Object.keys(HostConfig).sort()).toEqual([
      ...['CapDrop', 'Init', 'LogConfig', 'Mounts', 'NetworkMode', 'SecurityOpt'],
    ]);
    expect(HostConfig.NetworkMode).toBe('bridge');
  });

  test('is the project’s owner; in a rootless engine that is its root', async () => {
    const { options, project } = await asked();
    expect(options?.User).toBe(`${project.user.uid}:${project.user.gid}`);
    stub.stop();
    stub = await startStubEngine(() => [500, { message: 'enough' }]);
    expect((await asked({ rootless: true })).options?.User).toBe('0:0');
  });

  test('has no variable of this process but what is said', async () => {
    process.env.CANARY_OF_RUNNER = 'canary';
    try {
      expect((await asked()).options?.Env?.join('\n')).not.toMatch(/canary/i);
    } finally {
      delete process.env.CANARY_OF_RUNNER;
    }
  });
});
