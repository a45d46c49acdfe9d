import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toHostMount } from '../../src/container/host-path.ts';
import { candidateIds } from '../../src/container/own-container.ts';

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
