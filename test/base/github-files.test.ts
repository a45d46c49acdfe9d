import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { githubFiles } from '../../src/base/github-files.ts';
import { problemOf } from '../../src/revision/entry.ts';
import { describedFile, describedTree } from '../rig/github/described-file.ts';

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
  if (route.includes('trees')) return { data: describedTree(Object.keys(described)) };
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

test('a folder as long as GitHub lists at most may be longer: the tree has all of it', async () => {
  const names = Array.from({ length: 1_500 }, (_, at) => `${at}.tsv`);
  const long = (count: number, hasTrees: boolean) =>
    githubFiles(tmpdir(), 'c0ffee', async (route) => {
      if (!route.includes('trees')) {
        return { data: names.slice(0, count).map((name) => ({ type: 'file', name })) };
      }
      return hasTrees
        ? { data: describedTree(names.map((name) => `live/${name}`)) }
        : { missing: 'Not Found' };
    });
  expect(await long(999, false).list('live')).toHaveLength(999);
  expect(await long(1_000, true).list('live')).toHaveLength(1_500);
  const cut = long(1_000, false).list('live');
  await expect(cut).rejects.toThrow(/no more than 1000 entries of a folder/);
});

describe('a 404 alone does not make a file absent', () => {
  const sha = (name: string) => Buffer.from(name).toString('hex').padEnd(40, '0').slice(0, 40);
  const entry = (path: string, type = 'blob') => ({
    ...{ path, type, sha: sha(path) },
    mode: type === 'tree' ? '040000' : '100644',
  });
  const listings: Readonly<Record<string, unknown>> = {
    c0ffee: [entry('a', 'tree'), entry('m.json')],
    [sha('a')]: [entry('b', 'tree')],
    [sha('b')]: [entry('n.json')],
  };

  function answering(word: string, trees: 'whole' | 'cut' | 'none', top?: unknown) {
    return githubFiles(tmpdir(), 'c0ffee', async (route, { path, tree_sha, recursive }) => {
      if (!route.includes('trees')) {
        return path === '' && top !== undefined ? { data: top } : { missing: word };
      }
      if (trees === 'none') return { missing: '' };
      if (trees === 'whole') return { data: describedTree(['m.json', 'a/b/n.json']) };
      const truncated = recursive !== undefined;
      return { data: { tree: truncated ? [] : listings[String(tree_sha)], truncated } };
    });
  }

  const words = ['Not Found', 'No commit found for the ref c0ffee', 'no Route matched'];
  const ways = (['whole', 'cut'] as const).flatMap((way) =>
    words.map((word) => [way, word] as const),
  );
  test.each(ways)('where the tree is given %s: %s', async (way, word) => {
    const files = answering(word, way);
    for (const path of ['m.json', 'a/b/n.json']) {
      await expect(files.at(path)).rejects.toThrow(/answers 404 .* which it may have/);
    }
    for (const path of ['x.json', 'a/x.json', 'a/b/n.json.x', 'm.json.x']) {
      expect(await files.at(path)).toMatchObject({ kind: 'absent' });
    }
  });

  test('where a server has no trees: by its own words, and where it lists the commit', async () => {
    const top = [{ type: 'file', name: 'm.json' }];
    const files = answering('Not Found', 'none', top);
    expect(await files.at('x.json')).toMatchObject({ kind: 'absent' });
    await expect(files.at('m.json')).rejects.toThrow(/which it may have/);
    const silent = answering('Not Found', 'none');
    await expect(silent.at('x.json')).rejects.toThrow(/in a form that is not known/);
    for (const word of words.slice(1)) {
      await expect(answering(word, 'none', top).at('x.json')).rejects.toThrow(/may have/);
    }
  });
});

test.each([
  ['no list', {}],
  ['a list of something else', [{ sha: 'x' }]],
])('a history that is %s is not an empty one', async (_, data) => {
  const odd = githubFiles(tmpdir(), 'c0ffee', async () => ({ data }));
  await expect(odd.history('m.json', 3)).rejects.toThrow(/in a form that is not known/);
});
