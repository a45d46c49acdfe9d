import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { githubFiles } from '../../src/base/github-files.ts';

const described = (path: string, type: string) => ({
  ...{ name: path.split('/').at(-1), path, sha: 'a'.repeat(40), size: 1, type },
  ...{ git_url: `https://api.github.com/repos/o/r/git/${path}` },
});
const listing = [described('live/a.tsv', 'file'), described('live/b', 'dir')];

test.each<[string, string, unknown, string | undefined]>([
  ['a file', 'm.json', '{"git_url": 1, "a": [2]}', '{"git_url": 1, "a": [2]}'],
  ['a folder', 'live', listing, undefined],
  ['a folder as text', 'live', JSON.stringify(listing), undefined],
  ['a submodule as text', 'lib', JSON.stringify(described('lib', 'submodule')), undefined],
  ['a list that is a file', 'm.json', '[1, 2]', '[1, 2]'],
  ['nothing', 'gone', undefined, undefined],
])('%s at a commit that GitHub has', async (_, path, data, expected) => {
  const ask = async () => (data === undefined ? { missing: 'Not Found' } : { data });
  const content = await githubFiles(tmpdir(), 'c0ffee', ask).read(path);
  expect(content && new TextDecoder().decode(content)).toBe(expected);
});
