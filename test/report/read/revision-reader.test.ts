import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { firstOf, objectReader, textReader } from '../../../src/report/read/revision-reader.ts';
import type { RevisionFiles } from '../../../src/revision/entry.ts';
import { workspaceFiles } from '../../../src/revision/workspace-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-reader-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function textOf(reader: RevisionFiles, path: string): Promise<string | undefined> {
  const entry = await reader.at(path);
  return entry.kind === 'file' ? new TextDecoder().decode(entry.content) : undefined;
}

const hash = (digit: string) => digit.repeat(32);
const object = (digit: string) => `files/md5/${digit.repeat(2)}/${digit.repeat(30)}`;

describe('outs by their hashes', () => {
  test('a file, from the newer and the older layout of a cache', async () => {
    put(object('a'), 'new');
    put(`bb/${'b'.repeat(30)}`, 'old');
    const outs = new Map([
      ['a.csv', { hash: hash('a') }],
      ['b.csv', { hash: hash('b') }],
      ['gone.csv', { hash: hash('c') }],
    ]);
    const reader = objectReader(outs, [join(folder, 'nowhere'), folder]);
    expect(await textOf(reader, 'a.csv')).toBe('new');
    expect(await textOf(reader, 'b.csv')).toBe('old');
    expect(await textOf(reader, 'gone.csv')).toBeUndefined();
    expect(await textOf(reader, 'other.csv')).toBeUndefined();
  });

  test('the files of a folder', async () => {
    const listing = [{ md5: hash('a'), relpath: 'deep/x.csv' }];
    put(`${object('d')}.dir`, JSON.stringify(listing));
    put(object('a'), 'x');
    const reader = objectReader(new Map([['plots', { hash: `${hash('d')}.dir` }]]), [folder]);
    expect(await reader.list('plots')).toEqual(['plots/deep/x.csv']);
    expect(await textOf(reader, 'plots/deep/x.csv')).toBe('x');
    expect(await textOf(reader, 'plots/other.csv')).toBeUndefined();
  });

  test('a listing that is none', async () => {
    put(`${object('d')}.dir`, '{');
    const reader = objectReader(new Map([['plots', { hash: `${hash('d')}.dir` }]]), [folder]);
    expect(await reader.list('plots')).toEqual([]);
  });

  test('nothing outside of the cache, whatever a dvc.lock says', async () => {
    put('secret', 'secret');
    for (const evil of ['../../secret', '..//../secret', `${hash('a')}/../../../../secret`]) {
      const reader = objectReader(new Map([['a.csv', { hash: evil }]]), [folder]);
      expect(await textOf(reader, 'a.csv')).toBeUndefined();
    }
  });
});

test('the workspace: files and what is in a folder', async () => {
  put('plots/deep/x.csv', 'x');
  const reader = workspaceFiles(folder);
  expect(await textOf(reader, 'plots/deep/x.csv')).toBe('x');
  expect(await textOf(reader, 'plots')).toBeUndefined();
  expect(await reader.list('plots')).toEqual(['plots/deep/x.csv']);
  expect(await reader.list('nowhere')).toEqual([]);
});

test('the first reader that has a file gives it', async () => {
  const reader = firstOf(textReader({ 'a/x': '1' }), textReader({ 'a/x': '2', 'b/y': '3' }));
  expect(await textOf(reader, 'a/x')).toBe('1');
  expect(await textOf(reader, 'b/y')).toBe('3');
  expect(await reader.list('b')).toEqual(['b/y']);
});
