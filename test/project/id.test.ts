import { expect, test } from '@jest/globals';
import { projectId } from '../../src/project/id.ts';

const mountinfo = (source: string, at: string) =>
  [
    '1 0 0:50 / / rw - overlay overlay rw',
    `2 1 254:0 ${source} ${at} rw - ext4 /dev/vda rw`,
    '3 1 0:51 / /proc rw - proc proc rw',
  ].join('\n');
const inside = (source: string, at = '/project', hostname = 'a') => ({
  inContainer: true,
  hostname,
  mountinfo: mountinfo(source, at),
});
const id = (root: string, facts?: ReturnType<typeof inside>) =>
  projectId(root, {}, facts ?? { inContainer: false, hostname: 'a', mountinfo: '' });

test('on a host the path tells projects apart', () => {
  expect(id('/home/a/one')).toBe(id('/home/a/one'));
  expect(id('/home/a/one')).not.toBe(id('/home/a/two'));
});

test('in containers, what is mounted does: not the path, nor the container', () => {
  const one = id('/project', inside('/home/a/one'));
  expect(one).not.toBe(id('/project', inside('/home/a/two')));
  expect(one).toBe(id('/project', inside('/home/a/one', '/project', 'b')));
  expect(one).toBe(id('/elsewhere', inside('/home/a/one', '/elsewhere')));
  expect(id('/project/sub', inside('/home/a/one'))).toBe(id('/x', inside('/home/a/one/sub', '/x')));
  expect(id('/my project', inside('/home/a/one', '/my\\040project'))).toBe(one);
});

test('in a container’s own layer the container does', () => {
  expect(id('/app', inside('/x', '/y', 'a'))).not.toBe(id('/app', inside('/x', '/y', 'b')));
});

test('what the launcher says wins', () => {
  expect(projectId('/x', { SIBLING_PROJECT_ID: 'abc' })).toBe('abc');
});
