import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { githubFiles } from '../../src/base/github-files.ts';
import { problemOf } from '../../src/revision/entry.ts';
import { describedFile } from '../rig/github/described-file.ts';

const bytes = (data: string | Uint8Array) => Buffer.from(data).toString('base64');
const file = describedFile;
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
/** What GitHub describes at each path of the commit. */
const described: Readonly<Record<string, unknown>> = {
  'm.json': file('{"git_url": 1, "sha": 2, "type": "dir"}'),
  'list.json': file('[1, 2]'),
  'image.png': file(png),
  'large.csv': { type: 'file', size: 40, encoding: 'none', content: '', sha: 'f'.repeat(40) },
  'huge.csv': { type: 'file', size: 2e9, encoding: 'none', content: '', sha: 'huge' },
  live: [
    { type: 'file', name: 'a.tsv' },
    { type: 'dir', name: 'b' },
    { type: 'symlink', name: 'c.tsv' },
  ],
  'live/b': [{ type: 'file', name: 'd.tsv' }],
  'live/b/d.tsv': file('d'),
  linked: { type: 'symlink', target: 'live/b' },
  round: { type: 'symlink', target: './round' },
  out: { type: 'symlink', target: '../../etc/passwd' },
  module: { type: 'submodule', sha: 'a'.repeat(40) },
  odd: null,
};

const ask = async (route: string, { path, file_sha }: Readonly<Record<string, unknown>>) => {
  if (route.includes('blobs'))
    return { data: { encoding: 'base64', content: bytes(`${file_sha}`) } };
  const data = described[String(path)];
  return data === undefined ? { missing: 'Not Found' } : { data };
};
const files = githubFiles(tmpdir(), 'c0ffee', ask);

test.each<[string, Uint8Array]>([
  ['m.json', Buffer.from('{"git_url": 1, "sha": 2, "type": "dir"}')],
  ['list.json', Buffer.from('[1, 2]')],
  ['image.png', png],
  ['large.csv', Buffer.from('f'.repeat(40))],
  ['linked/d.tsv', Buffer.from('d')],
])('%s at a commit that GitHub has', async (path, expected) => {
  const entry = await files.at(path);
  expect(entry.kind === 'file' && Buffer.from(entry.content)).toEqual(Buffer.from(expected));
});

test.each([
  ['gone', undefined],
  ['m.json/inside', undefined],
  ['../beside', undefined],
  ['live', 'it is a folder'],
  ['linked', 'it is a folder'],
  ['round', 'it is a link to ./round, which is not there'],
  ['out', 'it is a link to ../../etc/passwd, which is not there'],
  ['module', 'it is of the submodule module, whose files are in another repository'],
  ['module/deep/x.json', 'it is of the submodule module, whose files are in another repository'],
  ['huge.csv', 'it has 2000000000 bytes, more than the 33554432 that are read'],
])('%s has no content', async (path, problem) => {
  expect(problemOf(await files.at(path))).toBe(problem);
});

test('the files in a folder, which may be a link', async () => {
  expect(await files.list('live')).toEqual(['live/a.tsv', 'live/b/d.tsv', 'live/c.tsv']);
  expect(await files.list('linked')).toEqual(['linked/d.tsv']);
  expect(await files.list('m.json')).toEqual([]);
});

test.each([
  ['nothing', null],
  ['a text', 'x'],
  ['an unknown kind', { type: 'x' }],
  ['a link that leads nowhere', { type: 'symlink' }],
  ['a content of another size', { type: 'file', encoding: 'base64', content: 'eA==', size: 2 }],
  ['a content that is none', { type: 'file', encoding: 'none', sha: 'x', size: 1 }],
])('an answer that is %s says neither that a file is there nor that it is not', async (_, data) => {
  const odd = githubFiles(tmpdir(), 'c0ffee', async () => ({ data }));
  await expect(odd.at('m.json')).rejects.toThrow(/in a form that is not known/);
});

test('a folder that holds itself for ever is not followed for ever', async () => {
  const endless = githubFiles(tmpdir(), 'c0ffee', async () => ({
    data: [{ type: 'dir', name: 'a' }],
  }));
  await expect(endless.list('live')).rejects.toThrow(/a folder without end/);
});

test('a folder as long as GitHub lists at most may be longer: it is not taken for whole', async () => {
  const listed = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ type: 'file', name: `${at}.tsv` }));
  const long = (count: number) =>
    githubFiles(tmpdir(), 'c0ffee', async () => ({ data: listed(count) }));
  expect(await long(999).list('live')).toHaveLength(999);
  await expect(long(1_000).list('live')).rejects.toThrow(/no more than 1000 entries of a folder/);
});

test.each([
  ['no list', {}],
  ['a list of something else', [{ sha: 'x' }]],
])('a history that is %s is not an empty one', async (_, data) => {
  const odd = githubFiles(tmpdir(), 'c0ffee', async () => ({ data }));
  await expect(odd.history('m.json', 3)).rejects.toThrow(/in a form that is not known/);
});
