import { describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import fc from 'fast-check';
import { toHostMount } from '../../../src/container/files/host-path.ts';
import { candidateIds, findOwnContainer } from '../../../src/container/files/own-container.ts';
import { EngineRefusal } from '../../../src/container/request/engine-failure.ts';

function refused(status: number, said: string): EngineRefusal {
  return new EngineRefusal(status, said, { kind: 'engine', cause: said, hint: '' });
}

const id = 'ab12'.repeat(16);
const layer = 'cd34'.repeat(16);
const nothing = { override: undefined, mountinfo: '', cgroup: '0::/', hostname: '' };

describe('candidateIds', () => {
  test.each([
    [
      'Docker mounts /etc/hostname from the container’s folder, after layers with other ids',
      {
        ...nothing,
        mountinfo: `1 2 0:1 / / rw - overlay overlay lowerdir=/var/lib/docker/overlay2/${layer}/diff\n9 1 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/sda rw`,
      },
      [id],
    ],
    [
      'Podman',
      {
        ...nothing,
        mountinfo: `9 1 0:2 /containers/overlay-containers/${id}/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw`,
      },
      [id],
    ],
    ['cgroup v1', { ...nothing, cgroup: `12:memory:/docker/${id}` }, [id]],
    ['cgroup v2 tells nothing', nothing, []],
    ['the override comes first', { ...nothing, override: 'mine', hostname: 'h' }, ['mine', 'h']],
  ])('%s', (_, facts, ids) => {
    expect(candidateIds(facts).map((candidate) => candidate.id)).toEqual(ids);
  });
});

describe('findOwnContainer', () => {
  /** An engine that runs one container, in which no file of ours is. */
  const strangers = {
    getContainer: (asked: string) => ({
      inspect: async () => {
        if (asked !== id) throw refused(404, 'no such container');
        return { Id: id, State: { Running: true }, HostConfig: {}, Mounts: [] };
      },
      infoArchive: async () => {
        throw refused(404, 'no such file');
      },
    }),
  } as unknown as Docker;

  test('a container whose id is our hostname but that lacks our files is not ours', async () => {
    expect(await findOwnContainer(strangers, { ...nothing, hostname: id })).toBeUndefined();
  });

  test('nor is the one whose network namespace, and so /etc/hostname, we share', async () => {
    const mountinfo = `9 1 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw`;
    expect(await findOwnContainer(strangers, { ...nothing, mountinfo })).toBeUndefined();
  });

  test.each([
    ['that the engine does not know', 'other', 'the engine does not know it'],
    ['that lacks our files', id, 'a file written here does not appear in it'],
  ])('SIBLING_CONTAINER_ID naming one %s is an error', async (_, override, why) => {
    await expect(findOwnContainer(strangers, { ...nothing, override })).rejects.toThrow(why);
  });

  test('an engine that fails is not taken for a host', async () => {
    const broken = {
      getContainer: () => ({
        inspect: async () => {
          throw refused(500, 'internal error');
        },
      }),
    } as unknown as Docker;
    await expect(findOwnContainer(broken, { ...nothing, hostname: 'h' })).rejects.toThrow('intern');
  });
});

describe('toHostMount', () => {
  const bind = { Type: 'bind', Source: '/home/me/project', Destination: '/project' };
  const volume = {
    Type: 'volume',
    Name: 'data',
    Source: '/var/lib/docker/volumes/data/_data',
    Destination: '/project/data',
  };

  test.each([
    ['/project', '/home/me/project'],
    ['/project/a b/ü', '/home/me/project/a b/ü'],
    ['/project/data/x', '/var/lib/docker/volumes/data/_data/x'],
    ['/project/database', '/home/me/project/database'],
    ['/project/../project/x', '/home/me/project/x'],
  ])('%s lies at %s: the closest mount counts', (path, source) => {
    expect(toHostMount([bind, volume], path)?.source).toBe(source);
  });

  test('a volume is named with the path in it', () => {
    expect(toHostMount([bind, volume], '/project/data/x/y')).toMatchObject({
      kind: 'volume',
      volume: 'data',
      subpath: 'x/y',
    });
  });

  test('a path that no mount covers has no host path', () => {
    expect(toHostMount([bind, volume], '/projects')).toBeUndefined();
  });

  test('a folder in memory hides the mount above it', () => {
    const memory = { Type: 'tmpfs', Source: '', Destination: '/project/tmp' };
    expect(toHostMount([bind, memory], '/project/tmp/x')).toBeUndefined();
  });

  test('a volume whose driver has no folder gives none', () => {
    const remote = { ...volume, Source: '' };
    expect(toHostMount([remote], '/project/data/x')).toMatchObject({ source: '', subpath: 'x' });
  });

  test('the order of the mounts does not matter', () => {
    const inner = { Type: 'bind', Source: '/elsewhere', Destination: '/project/data/deep' };
    const root = { Type: 'bind', Source: '/everything', Destination: '/' };
    fc.assert(
      fc.property(
        fc.shuffledSubarray([bind, volume, inner, root], { minLength: 4 }),
        fc.constantFrom('/project/data/deep/x', '/project/data/x', '/project/x', '/x', '/'),
        (mounts, path) => {
          expect(toHostMount(mounts, path)).toEqual(toHostMount([root, bind, volume, inner], path));
        },
      ),
    );
    expect(toHostMount([inner, root, bind], '/project/data/deep/x')?.source).toBe('/elsewhere/x');
  });

  test('what is below a mount stays below its source', () => {
    const segment = fc
      .stringMatching(/^[a-z. ]{1,6}$/)
      .filter((part) => part !== '.' && part !== '..');
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (parts) => {
        const path = ['/project', ...parts].join('/');
        expect(toHostMount([bind], path)?.source).toBe(['/home/me/project', ...parts].join('/'));
      }),
    );
  });
});
