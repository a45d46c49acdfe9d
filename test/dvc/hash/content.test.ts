import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HashCache } from '../../../src/dvc/hash/cache.ts';
import { type Content, Contents } from '../../../src/dvc/hash/content.ts';
import { folderHash } from '../../../src/dvc/hash/folder-hash.ts';
import { type HashKind, hashAll } from '../../../src/dvc/hash/worker.ts';
import { DvcIgnore } from '../../../src/dvc/ignore/dvc-ignore.ts';
import { projectFolder, writeFiles } from '../project-folder.ts';

async function contentOf(
  root: string,
  path: string,
  kind: HashKind = 'md5',
  file = join(root, '.sibling/hashes'),
): Promise<Content> {
  const cache = new HashCache(file);
  const contents = new Contents(root, new DvcIgnore(root), cache);
  contents.want(path, kind);
  await contents.compute();
  const content = contents.contentOf(path, kind);
  cache.save();
  return content;
}

function md5(text: string | Buffer): string {
  return createHash('md5').update(text).digest('hex');
}

function folder(files: Readonly<Record<string, string>>): Content {
  const entries = Object.entries(files).map(([relpath, text]) => ({ relpath, md5: md5(text) }));
  return { state: 'present', hash: folderHash(entries) };
}

const old = new Date(Date.now() - 60_000);

function age(root: string, ...paths: string[]): void {
  for (const path of paths) utimesSync(join(root, path), old, old);
}

test('a file, a link to it, and nothing', async () => {
  const root = projectFolder({ 'a.txt': 'x\r\n' });
  symlinkSync('a.txt', join(root, 'link'));
  symlinkSync('gone', join(root, 'broken'));
  expect(await contentOf(root, 'a.txt')).toEqual({ state: 'present', hash: md5('x\r\n') });
  expect(await contentOf(root, 'link')).toEqual({ state: 'present', hash: md5('x\r\n') });
  expect(await contentOf(root, 'none')).toEqual({ state: 'absent' });
  expect((await contentOf(root, 'broken')).state).toBe('not-understood');
});

test.each([
  ['text', 'a\r\nb\r\n', 'a\nb\n'],
  ['a file with a zero byte', 'a\r\n\0', 'a\r\n\0'],
  ['a file of other bytes', `${'\x01'.repeat(10)}\r\n`, `${'\x01'.repeat(10)}\r\n`],
  ['an empty file', '', ''],
])("DVC 2's hash of %s", async (_, text, hashed) => {
  const root = projectFolder({ f: text });
  expect(await contentOf(root, 'f', 'md5-dos2unix')).toEqual({
    state: 'present',
    hash: md5(hashed),
  });
});

test('folders of nearly the same content have each their own hash, made and kept', async () => {
  const file = join(projectFolder(), 'hashes');
  const variants: readonly Readonly<Record<string, string>>[] = [
    { a: '1', b: '2' },
    { a: '2', b: '1' },
    { a: '1', c: '2' },
    { a: '1', 's/b': '2' },
    { 's/a': '1', b: '2' },
    { 's/a': '1', 's/b': '2' },
    { 'sa/b': '1', b: '2' },
    { 's/a/b': '1', b: '2' },
    { ab: '1', '2': '2' },
  ];
  for (const round of ['made', 'kept']) {
    for (const files of variants) {
      const below = Object.entries(files).map(([path, text]) => [`d/${path}`, text]);
      const root = projectFolder(Object.fromEntries(below));
      expect([round, await contentOf(root, 'd', 'md5', file)]).toEqual([round, folder(files)]);
    }
  }
});

describe('a folder', () => {
  test('counts all files below, not links to folders, not what .dvcignore names', async () => {
    const files = { a: '1', 'sub/b c': '2', 'sub/deep/é': '3', empty: '' };
    const root = projectFolder({
      '.dvcignore': '*.tmp\nskipped/\n',
      'data/x.tmp': 'no',
      'data/skipped/y': 'no',
      'data/.git/config': 'no',
      'data/project/.dvc/config': 'no',
      'data/project/z': 'no',
      elsewhere: '5',
    });
    writeFiles(join(root, 'data'), files);
    mkdirSync(join(root, 'data/nothing in it'));
    symlinkSync('sub', join(root, 'data/link to folder'));
    symlinkSync('../elsewhere', join(root, 'data/link to file'));
    expect(await contentOf(root, 'data')).toEqual(folder({ ...files, 'link to file': '5' }));
  });

  test('without files, and one that is ignored as a whole', async () => {
    const root = projectFolder({ '.dvcignore': 'hidden\n', 'hidden/a': '1' });
    mkdirSync(join(root, 'empty'));
    expect(await contentOf(root, 'empty')).toEqual(folder({}));
    expect(await contentOf(root, 'hidden')).toEqual(folder({}));
  });

  test('with a .dvcignore in it is left to DVC', async () => {
    const root = projectFolder({ 'a/.dvcignore': 'x\n' });
    expect((await contentOf(root, 'a')).state).toBe('not-understood');
  });

  test('with a link that leads nowhere in it is left to DVC, with a pipe refused by that name', async () => {
    const root = projectFolder({ 'a/c': '1', 'b/c': '1', '.dvcignore': 'b/ignored\n' });
    symlinkSync('gone', join(root, 'a/broken'));
    expect((await contentOf(root, 'a')).state).toBe('not-understood');
    execFileSync('mkfifo', [join(root, 'b/ignored'), join(root, 'pipe')]);
    expect((await contentOf(root, 'b')).state).toBe('present');
    await expect(contentOf(root, 'pipe')).rejects.toThrow(/^pipe is a pipe: data are files/);
    execFileSync('mkfifo', [join(root, 'b/pipe')]);
    await expect(contentOf(root, 'b')).rejects.toThrow(/^b\/pipe is a pipe: data are files/);
    // Below a file there is nothing.
    expect((await contentOf(root, 'b/c/d')).state).toBe('absent');
  });

  test('is known by its stamps, until a file changes, goes or comes', async () => {
    const root = projectFolder({ 'd/a': '1', 'd/b': '2' });
    age(root, 'd/a', 'd/b');
    // Times of change cannot be set: only what the cache makes of them is seen here.
    expect(await contentOf(root, 'd')).toEqual(folder({ a: '1', b: '2' }));
    writeFileSync(join(root, 'd/a'), '3');
    age(root, 'd/a');
    expect(await contentOf(root, 'd')).toEqual(folder({ a: '3', b: '2' }));
    writeFileSync(join(root, 'd/c'), '4');
    expect(await contentOf(root, 'd')).toEqual(folder({ a: '3', b: '2', c: '4' }));
  });
});

test('large files are hashed by all processors, in the order asked for', async () => {
  const root = projectFolder();
  const tasks = [40, 1, 30].map((megabytes, index) => {
    const path = join(root, `f${index}`);
    writeFileSync(path, Buffer.alloc(megabytes * 2 ** 20, index));
    return { path, kind: 'md5' as const, size: megabytes * 2 ** 20 };
  });
  const results = await hashAll([...tasks, { path: join(root, 'none'), kind: 'md5', size: 0 }]);
  expect(results).toEqual([
    { hash: md5(Buffer.alloc(40 * 2 ** 20, 0)) },
    { hash: md5(Buffer.alloc(2 ** 20, 1)) },
    { hash: md5(Buffer.alloc(30 * 2 ** 20, 2)) },
    { error: 'ENOENT' },
  ]);
});
