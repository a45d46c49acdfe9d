import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { machineConfig, readDvcConfig, remoteUrl } from '../../../src/dvc/config/dvc-config.ts';
import { configFiles } from '../../../src/dvc/config/files.ts';

let base = '';
let env: NodeJS.ProcessEnv = {};

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sibling-config-'));
  env = { HOME: join(base, 'home'), XDG_CONFIG_DIRS: `${join(base, 'site')}:/elsewhere` };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const places = {
  system: 'site/dvc/config',
  global: 'home/.config/dvc/config',
  repo: 'project/.dvc/config',
  local: 'project/.dvc/config.local',
};

function write(level: keyof typeof places, text: string): void {
  const path = join(base, places[level]);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const cache = () => readDvcConfig(join(base, 'project'), env).cacheFolder;

test('the files are where DVC looks for them', () => {
  const files = (extra: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') => {
    const { system, global } = configFiles('/p', { HOME: '/h', ...extra }, platform);
    return [system, global];
  };
  expect(files({})).toEqual(['/etc/xdg/dvc/config', '/h/.config/dvc/config']);
  expect(files({ XDG_CONFIG_DIRS: '/a:/b', XDG_CONFIG_HOME: '/c' })).toEqual([
    '/a/dvc/config',
    '/c/dvc/config',
  ]);
  expect(files({ DVC_SYSTEM_CONFIG_DIR: '/s', DVC_GLOBAL_CONFIG_DIR: '/g' })).toEqual([
    '/s/config',
    '/g/config',
  ]);
  expect(files({}, 'darwin')).toEqual([
    '/Library/Application Support/dvc/config',
    '/h/Library/Application Support/dvc/config',
  ]);
});

test('the later level overrides the earlier', () => {
  expect(cache()).toBe(join(base, 'project/.dvc/cache'));
  for (const level of ['system', 'global', 'repo', 'local'] as const) {
    write(level, `[cache]\n    dir = /${level}\n`);
    expect([level, cache()]).toEqual([level, `/${level}`]);
  }
});

test.each<[keyof typeof places, string, string]>([
  ['repo', '../../shared', 'shared'],
  ['global', '../cache', 'home/.config/cache'],
  ['repo', '~/cache', 'home/cache'],
  ['local', '"with space"', 'project/.dvc/with space'],
  ['repo', "it's", "project/.dvc/it's"],
  ['repo', 'cache # of all', 'project/.dvc/cache'],
  ['repo', 'a=b', 'project/.dvc/a=b'],
])('of %s a cache at %s is %s', (level, written, expected) => {
  write(level, `[cache]\ndir = ${written}\n`);
  expect(cache()).toBe(join(base, expected));
});

test('~root is root’s', () => {
  write('repo', '[cache]\ndir = ~root/cache\n');
  expect(cache()).toBe('/root/cache');
  write('repo', '[cache]\ndir = ~nobody-of-that-name/cache\n');
  expect(cache()).toBe(join(base, 'project/.dvc/~nobody-of-that-name/cache'));
});

test.each([
  ['type = symlink', ['symlink']],
  ['type = reflink,copy', ['reflink', 'copy']],
  ['type = "hardlink", symlink', ['hardlink', 'symlink']],
  ['type = "hardlink, symlink"', ['hardlink', 'symlink']],
  ['shared = group', ['reflink', 'copy']],
])('%s: links are %j', (line, types) => {
  write('repo', `['cache']\n${line}\n`);
  expect(readDvcConfig(join(base, 'project'), env).linkTypes).toEqual(types);
});

describe('what only DVC reads', () => {
  test.each([
    'dir = /a, /b',
    'dir = %(x)s',
    "dir = '''x\ny'''",
    'dir',
    'dir = "a" b',
    'dir = s3://b',
  ])('%s', (line) => {
    write('repo', `[cache]\n${line}\n`);
    expect(cache).toThrow();
  });

  test('stops nobody who does not need it', () => {
    write('repo', `['remote "r"']\n    url = %(x)s\n[cache]\n    dir = /c\n`);
    expect(cache()).toBe('/c');
  });
});

test('DVC elsewhere gets what the machine says of its work, and no server', () => {
  write('system', '[cache]\n    dir = store\n    shared = group\n[core]\n    autostage = true\n');
  write('global', `[core]\n    remote = r\n['remote "r"']\n    url = s3://b\n    password = x\n`);
  write('repo', '[cache]\n    dir = /project\n');
  expect(machineConfig(join(base, 'project'), env)).toBe(
    `[core]\nautostage = "true"\n[cache]\ndir = "${base}/site/dvc/store"\nshared = "group"\n`,
  );
});

test.each([
  ['../../remote', 'remote'],
  ['~/remote', 'home/remote'],
  ['/abs', undefined],
])('a remote at %s is a folder', (url, expected) => {
  write('repo', `['remote "r"']\n    url = ${url}\n`);
  const found = remoteUrl(join(base, 'project'), 'r', env);
  expect(found).toBe(expected === undefined ? url : join(base, expected));
});
