import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HashCache, hashSize } from '../../../src/dvc/hash/cache.ts';
import { projectFolder } from '../project-folder.ts';

const startedAt = 1_000_000;
const settled = [7, 100, startedAt - 5000, startedAt - 5000];
const md5 = 'd41d8cd98f00b204e9800998ecf8427e';

function newFile(): string {
  return join(projectFolder(), 'cache/hashes');
}

describe('a file', () => {
  test('is known to the next run', () => {
    const file = newFile();
    const cache = new HashCache(file);
    cache.setFile('a\tb\nc', settled, md5, startedAt);
    cache.save();
    expect(new HashCache(file).getFile('a\tb\nc', settled)).toBe(md5);
    expect(readdirSync(join(file, '..'))).toEqual(['hashes']);
  });

  test.each([
    ['inode', 0],
    ['size', 1],
    ['modification time', 2],
    ['change time', 3],
  ])('with another %s is not', (_, index) => {
    const cache = new HashCache(newFile());
    cache.setFile('a', settled, md5, startedAt);
    expect(cache.getFile('a', settled)).toBe(md5);
    expect(cache.getFile('a', settled.with(index, 1))).toBeUndefined();
  });

  test.each([
    ['modified', [7, 100, startedAt - 1000, startedAt - 5000]],
    ['replaced', [7, 100, startedAt - 5000, startedAt - 1000]],
    ['from the future', [7, 100, startedAt + 5000, startedAt - 5000]],
  ])('%s just before it was hashed is not kept', (_, stamp) => {
    const cache = new HashCache(newFile());
    cache.setFile('a', stamp, md5, startedAt);
    expect(cache.getFile('a', stamp)).toBeUndefined();
  });
});

test('the hash of a whole folder is kept, up to a thousand of those not used now', () => {
  const file = newFile();
  const cache = new HashCache(file);
  cache.setTree('digest', `${md5}.dir`);
  cache.save();
  const next = new HashCache(file);
  expect(next.getTree('digest')).toBe(`${md5}.dir`);
  expect(next.getTree('other')).toBeUndefined();
  for (let at = 0; at < 1000; at++) next.setTree(`d${at}`, md5);
  next.save();
  const last = new HashCache(file);
  expect(last.getTree('digest')).toBe(`${md5}.dir`);
  expect(last.getTree('d999')).toBeUndefined();
});

test('a folder keeps stamps and hashes; a racy file never matches', () => {
  const file = newFile();
  const cache = new HashCache(file);
  const stamps = Float64Array.from([...settled, 8, 1, startedAt, startedAt]);
  const hashes = Buffer.alloc(2 * hashSize, 3);
  cache.setFolder('data/', { names: ['ü', 'b'], stamps, hashes }, startedAt);
  cache.save();
  const known = new HashCache(file).getFolder('data/');
  expect(known?.names).toEqual(['ü', 'b']);
  expect([...(known?.stamps ?? [])].slice(0, 4)).toEqual(settled);
  expect(known?.stamps[4]).toBeNaN();
  expect(known?.hashes.equals(hashes)).toBe(true);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
  [
    'with a bit changed',
    (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 70 ? byte ^ 1 : byte))),
  ],
  ['empty', () => Buffer.alloc(0)],
  [
    'of another version',
    (bytes: Buffer) =>
      Buffer.from(bytes.toString('latin1').replace('cache 3', 'cache 2'), 'latin1'),
  ],
])('a cache file %s is ignored', (_, damage) => {
  const file = newFile();
  const cache = new HashCache(file);
  cache.setFile('a', settled, md5, startedAt);
  cache.save();
  writeFileSync(file, damage(readFileSync(file)));
  expect(new HashCache(file).getFile('a', settled)).toBeUndefined();
});

test('that it cannot be written is no failure', () => {
  const cache = new HashCache('/dev/null/hashes');
  cache.setFile('a', settled, md5, startedAt);
  expect(() => cache.save()).not.toThrow();
});
