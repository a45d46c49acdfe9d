import { expect, test } from '@jest/globals';
import { gatherFiles } from '../../src/outside/gather-files.ts';
import { hidesImage, hidesRunner, whyGuarded } from '../../src/outside/guarded-places.ts';
import { sharedPlace, whyNoPlace } from '../../src/outside/stage-place.ts';

const owned = { root: '/home/ada/work/iris', home: '/home/ada' };

test.each<[string, string, RegExp | undefined]>([
  ['the root', '/', /whole file system/],
  ['a folder above the project', '/home/ada/work', /project itself lies in/],
  ['the home folder', '/home', /lies in/],
  ['a part of the project', '/home/ada/work/iris/data', undefined],
  ['data in the home folder', '/home/ada/data', undefined],
  ['keys', '/home/ada/.ssh/id_ed25519', /credentials/],
  ['logins', '/home/ada/.docker', /credentials/],
  ['the kernel’s', '/proc/1', /running system/],
  ['a device', '/dev/sda', /running system/],
  ['the machine’s settings', '/etc', /as a whole/],
  ['one of them', '/etc/mime.types', undefined],
  ['all of the engine’s', '/var/lib/docker/overlay2/x', /engine’s own/],
  ['all homes', '/home', /lies in/],
  ['another’s home', '/home/bob', /whole home folder/],
  ['another’s keys', '/home/bob/.ssh/id_rsa', /credentials/],
  ['root’s keys', '/root/.aws', /credentials/],
  ['another’s data', '/home/bob/data', undefined],
  ['an engine’s socket', '/run/containerd/containerd.sock', /engine’s own/],
  ['Podman’s', '/run/podman', /engine’s own/],
  ['a person’s own engine', '/run/user/1000/docker.sock', /engine’s own/],
  ['where /var/run is a folder', '/var/run/docker.sock', /engine’s own/],
  ['a disk', '/mnt/data', undefined],
])('%s', (_, source, why) => {
  const found = whyGuarded(source, owned);
  if (why) expect(found).toMatch(why);
  else expect(found).toBeUndefined();
});

test('all homes are too much for a project elsewhere', () => {
  const elsewhere = { root: '/srv/iris', home: '/root' };
  expect(whyGuarded('/home', elsewhere)).toMatch(/as a whole/);
  expect(whyGuarded('/root', elsewhere)).toMatch(/home folder/);
});

test('a project in a container engine’s own volume keeps its deps', () => {
  const root = '/var/lib/docker/volumes/x/_data/iris';
  expect(whyGuarded(`${root}/data`, { root, home: '/root' })).toBeUndefined();
});

test.each<[string, boolean]>([
  ['/lib', true],
  ['/usr', true],
  ['/usr/share/words', false],
  ['/data', false],
  ['/proc/x', true],
])('a folder at %s hides what an image needs: %s', (path, hides) => {
  expect(hidesImage(path)).toBe(hides);
});

test.each<[string, 'file' | 'directory', boolean]>([
  ['/tmp', 'directory', true],
  ['/tmp/x', 'directory', false],
  ['/usr/bin/python3', 'file', true],
  ['/etc/hosts', 'file', false],
  ['/etc', 'directory', true],
  ['/home', 'directory', false],
  ['/opt', 'directory', true],
  ['/opt/data', 'directory', false],
])('at %s a %s hides what the dvc-runner runs by: %s', (path, kind, hides) => {
  expect(hidesRunner(path, kind)).toBe(hides);
});

test.each<[string, 'file' | 'directory', RegExp | undefined]>([
  ['../shared', 'directory', undefined],
  ['../lib', 'directory', /would lie at \/lib/],
  ['../lib/x.py', 'file', undefined],
  ['..', 'directory', /would lie at \//],
  ['/work', 'directory', /would lie at \/work/],
  ['data', 'directory', undefined],
  ['.', 'directory', undefined],
])('%s, a %s, has its place in a stage', (path, kind, why) => {
  const found = whyNoPlace(path, kind);
  if (why) expect(found).toMatch(why);
  else expect(found).toBeUndefined();
});

test('two files cannot be at one place', () => {
  const one = { path: '../x', source: '/home/ada/work/x' };
  expect(sharedPlace([one, { path: '/x', source: '/x' }])).toEqual(['../x', '/x']);
  expect(sharedPlace([one, one, { path: '../y', source: '/home/ada/work/y' }])).toBeUndefined();
});

test('many files of one folder are one mount, where they keep their names', () => {
  const file = (source: string, target = source) =>
    ({ source, target, kind: 'file', readOnly: true }) as const;
  const many = Array.from({ length: 20 }, (_, at) => file(`/mnt/a/${at}`));
  const renamed = Array.from({ length: 20 }, (_, at) => file(`/mnt/b/${at}`, `/mnt/c/x${at}`));
  const few = [file('/mnt/d/1'), file('/mnt/d/2')];
  const gathered = gatherFiles([...many, ...renamed, ...few]);
  expect(gathered).toHaveLength(20 + 2 + 1);
  expect(gathered.at(-1)).toMatchObject({ source: '/mnt/a', target: '/mnt/a', kind: 'directory' });
});
