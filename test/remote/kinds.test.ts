import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { kindOf, namedKinds } from '../../src/remote/kinds.ts';
import { repository } from '../rig/repository.ts';

test.each([
  ['/srv/data', 'standard'],
  ['data', 'standard'],
  ['s3://b/x', 'standard'],
  ['HTTPS://host/x', 'standard'],
  ['ssh://ada@host:22/x', 'ssh'],
  ['SSH://host/x', 'ssh'],
  ['gs://b', 'gs'],
  ['azure://c/x', 'azure'],
  ['webdav://h/x', 'webdav'],
  ['webdavs://h/x', 'webdav'],
  ['webhdfs://h/x', 'webhdfs'],
  ['hdfs://h/x', 'hdfs'],
  ['oss://b', 'oss'],
  ['gdrive://root/x', 'gdrive'],
  ['gcs://b', 'unknown'],
  ['ftp://h/x', 'unknown'],
  ['constructor://h', 'unknown'],
])('%s is %s', (url, kind) => {
  expect(kindOf(url)).toBe(kind);
});

test.each<[string | undefined, readonly string[]]>([
  [undefined, []],
  ['', []],
  [' , ', []],
  ['ssh', ['ssh']],
  ['SSH, gs  ssh', ['gs', 'ssh']],
  ['s3,http,local,azure', ['azure']],
])('SIBLING_DVC_REMOTES=%s names %j', (value, kinds) => {
  expect(namedKinds({ SIBLING_DVC_REMOTES: value })).toEqual(kinds);
});

test.each(['gcs', 'ssh;gs', '../ssh', 'constructor', 'dvc[ssh]'])('%s is refused', (word) => {
  const place = { file: '.env', line: 3 };
  expect(() => namedKinds({ SIBLING_DVC_REMOTES: word }, place)).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ kind: 'configuration', place }) }),
  );
});

test('each kind has a lock, and whatever locks go together name one version of a package', () => {
  const folder = join(repository, 'dvc-remotes');
  const versionsIn = (path: string) =>
    [...readFileSync(path, 'utf8').matchAll(/^([a-z0-9-]+)==([^ ]+)/gm)].map(
      ([, name = '', version = '']) => [name, version] as const,
    );
  const base = new Map(versionsIn(join(repository, 'dvc-runner/requirements.txt')));
  const locks = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  const kinds = locks.map((name) => name.replace('.txt', ''));
  expect(namedKinds({ SIBLING_DVC_REMOTES: kinds.join(',') })).toEqual(kinds.sort());
  const seen = new Map<string, string>();
  for (const lock of locks) {
    const entries = versionsIn(join(folder, lock));
    expect(entries.map(([name]) => name)).toContain(`dvc-${lock.replace('.txt', '')}`);
    for (const [name, version] of entries) {
      expect([name, base.has(name)]).toEqual([name, false]);
      expect([name, seen.get(name) ?? version]).toEqual([name, version]);
      seen.set(name, version);
    }
  }
});
