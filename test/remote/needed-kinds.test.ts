import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { neededKinds } from '../../src/remote/needed-kinds.ts';

const remotes = `['remote "team"']
    url = ssh://store.example.org/x
['remote "below"']
    url = remote://team/y
['remote "spare"']
    url = webdavs://spare.example.org
['remote "store"']
    url = s3://bucket/x
`;

test.each<[string, string, object[], string[]]>([
  ['the default remote', '[core]\n    remote = team\n', [], ['ssh']],
  ['one that stands on another', '[core]\n    remote = below\n', [], ['ssh']],
  ['no default remote', '', [], []],
  ['the default remote is S3', '[core]\n    remote = store\n', [], []],
  ['an out names one', '', [{ deps: [], outs: [{ remote: 'spare' }] }], ['webdav']],
  ['a dep on one', '', [{ deps: ['remote://team/data.csv'], outs: [] }], ['ssh']],
  [
    'deps at addresses',
    '[core]\n    remote = store\n',
    [
      { deps: ['gs://bucket/a', 'https://example.org/b', 'data/c'], outs: [] },
      { deps: ['azure://c/d', 'gs://bucket/e'], outs: [{}] },
    ],
    ['azure', 'gs'],
  ],
])('%s', (_, core, stages, kinds) => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-kinds-'));
  try {
    mkdirSync(join(root, '.dvc'));
    writeFileSync(join(root, '.dvc/config'), core + remotes);
    // Of this machine alone: no clone has it.
    writeFileSync(join(root, '.dvc/config.local'), '[core]\n    remote = spare\n');
    expect(neededKinds(root, stages as unknown as Parameters<typeof neededKinds>[1])).toEqual(
      kinds,
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});
