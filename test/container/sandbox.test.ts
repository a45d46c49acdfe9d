import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  baseEnvironment,
  type SandboxRequest,
  stageContainer,
} from '../../src/container/sandbox.ts';

const request: SandboxRequest = {
  name: 'sibling-run-train',
  image: 'sha256:1',
  user: { uid: 1000, gid: 1001 },
  workingDirectory: '/work',
  mounts: [],
  env: { A: '1' },
  network: 'none',
  memory: 256 * 1024 ** 2,
  cpus: 1.5,
  labels: { 'sibling.role': 'stage' },
};

const requests = fc.record({
  name: fc.string(),
  image: fc.string(),
  command: fc.option(fc.array(fc.string()), { nil: undefined }),
  user: fc.record({ uid: fc.nat(), gid: fc.nat() }),
  workingDirectory: fc.string(),
  mounts: fc.array(
    fc.record({ Type: fc.constant('bind' as const), Source: fc.string(), Target: fc.string() }),
  ),
  env: fc.dictionary(fc.string(), fc.string()),
  network: fc.string(),
  memory: fc.integer({ min: 1 }),
  cpus: fc.option(fc.double({ min: 0.01, max: 64, noNaN: true }), { nil: undefined }),
  labels: fc.dictionary(fc.string(), fc.string()),
});

describe('whatever a stage asks for', () => {
  /** What `HostConfig` may say at all: any other key, such as Privileged, Devices or PidMode, gives a right. */
  const said = [
    ...['CapDrop', 'Init', 'Memory', 'MemorySwap', 'Mounts', 'NanoCpus', 'NetworkMode'],
    ...['PidsLimit', 'ReadonlyRootfs', 'SecurityOpt', 'Tmpfs'],
  ];
  const holds = (check: (made: ReturnType<typeof stageContainer>, of: SandboxRequest) => void) =>
    fc.assert(
      fc.property(requests, (of) =>
        check(stageContainer(of as SandboxRequest), of as SandboxRequest),
      ),
    );

  test('its container gets no right that is not known here', () => {
    holds(({ HostConfig = {} }) => {
      expect(said).toEqual(expect.arrayContaining(Object.keys(HostConfig)));
    });
  });

  test('it has no capability, and gets none by a program of root’s', () => {
    holds(({ HostConfig }) => {
      expect(HostConfig?.CapDrop).toEqual(['ALL']);
      expect(HostConfig?.SecurityOpt).toEqual(['no-new-privileges']);
    });
  });

  test('it is the project’s owner', () => {
    holds(({ User }, { user }) => expect(User).toBe(`${user.uid}:${user.gid}`));
  });

  test('it can write to its mounts and to a bounded /tmp, where no program of root’s can lie', () => {
    holds(({ HostConfig }, { mounts }) => {
      expect(HostConfig?.ReadonlyRootfs).toBe(true);
      expect(HostConfig?.Mounts).toEqual(mounts);
      expect(Object.keys(HostConfig?.Tmpfs ?? {})).toEqual(['/tmp']);
      const options = new Set(HostConfig?.Tmpfs?.['/tmp']?.split(','));
      for (const option of ['rw', 'nosuid', 'nodev', 'mode=1777']) {
        expect(options).toContain(option);
      }
      const size = [...options].find((option) => option.startsWith('size='))?.slice(5);
      expect(Number(size)).toBe(2 ** 30);
    });
  });

  test('its memory is bounded, and no swap comes on top', () => {
    holds(({ HostConfig }, { memory }) => {
      expect([HostConfig?.Memory, HostConfig?.MemorySwap]).toEqual([memory, memory]);
      expect(HostConfig?.PidsLimit).toBeGreaterThan(0);
    });
  });

  test('it has as much of the processors as it may, in billionths', () => {
    holds(({ HostConfig = {} }, { cpus }) => {
      if (cpus === undefined) expect(HostConfig).not.toHaveProperty('NanoCpus');
      else expect((HostConfig.NanoCpus ?? 0) / 1e9).toBeCloseTo(cpus, 8);
      expect(Number.isInteger(HostConfig.NanoCpus ?? 0)).toBe(true);
    });
  });

  test('it is in the network that was named, and no process of it is left', () => {
    holds(({ HostConfig }, { network }) => {
      expect(HostConfig).toMatchObject({ NetworkMode: network, Init: true });
    });
  });

  test('what it prints is heard, and it is found by its labels', () => {
    holds(({ AttachStdout, AttachStderr, Labels }, { labels }) => {
      expect([AttachStdout, AttachStderr, Labels]).toEqual([true, true, labels]);
    });
  });

  test('it runs its command and nothing of the image’s, or what the image brings', () => {
    holds((made, { command }) => {
      if (command) expect([made.Entrypoint, made.Cmd]).toEqual([[], command]);
      else expect('Entrypoint' in made || 'Cmd' in made).toBe(false);
    });
  });
});

test('what was asked for stands where the engine looks for it', () => {
  expect(stageContainer(request)).toMatchObject({
    ...{ name: request.name, Image: request.image, WorkingDir: request.workingDirectory },
    Env: ['A=1'],
  });
});

describe('the environment of every stage', () => {
  test('has a home and caches in the one place that can be written to', () => {
    for (const name of ['HOME', 'XDG_CACHE_HOME', 'MPLCONFIGDIR']) {
      expect(posix.join(baseEnvironment[name] ?? '', '/')).toMatch(/^\/tmp\//);
    }
  });

  test('names a user, whose id no image knows', () => {
    expect(baseEnvironment.USER).toMatch(/^[a-z]+$/);
    expect(baseEnvironment.LOGNAME).toBe(baseEnvironment.USER);
  });

  test.each(['PYTHONDONTWRITEBYTECODE', 'PYTHONUNBUFFERED', 'PYTHONHASHSEED'])(
    'has %s, which Python takes where it is not empty',
    (name) => {
      expect(baseEnvironment[name]).toMatch(/^\d$/);
    },
  );
});
