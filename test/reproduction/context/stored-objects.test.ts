import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import {
  checkObjects,
  damagedObjects,
  missingObjects,
  objectNames,
  objectPath,
} from '../../../src/reproduction/context/stored-objects.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-objects-'));
afterAll(() => rmSync(folder, { recursive: true }));

const md5Of = (text: string) => createHash('md5').update(text).digest('hex');
function store(md5: string, text: string): string {
  mkdirSync(dirname(objectPath(folder, md5)), { recursive: true });
  writeFileSync(objectPath(folder, md5), text);
  return md5;
}

const [one, two] = [md5Of('one'), md5Of('two')];
const list = JSON.stringify([
  { md5: one, relpath: 'a' },
  { md5: two, relpath: 'deep/b' },
  { md5: '../../etc/passwd', relpath: 'c' },
]);
const model = `${md5Of(list)}.dir`;
const recorded = [
  { path: 'model', kind: 'md5', hash: model },
  { path: 'old', kind: 'md5-dos2unix', hash: md5Of('old') },
  { path: 'unhashed', kind: 'md5', hash: undefined },
] as const;

beforeEach(() => {
  store(model, list);
  store(one, 'one');
  store(two, 'two');
});

test('a folder is its list and its files', async () => {
  const names = await objectNames(folder, recorded);
  expect([...names]).toEqual([
    [model, 'model'],
    [one, 'model/a'],
    [two, 'model/deep/b'],
  ]);
  const checks = await checkObjects(folder, names);
  expect(checks.map(({ what, state }) => [what, state])).toEqual([
    ['model', 'same'],
    ['model/a', 'same'],
    ['model/deep/b', 'same'],
  ]);
});

test('a file of it that somebody changed is found, one that is gone is named', async () => {
  store(two, 'poison');
  rmSync(objectPath(folder, one));
  const names = await objectNames(folder, recorded);
  expect(missingObjects(folder, names)).toEqual(['model/a']);
  const wrong = (await checkObjects(folder, names)).filter(({ state }) => state !== 'same');
  expect(wrong).toEqual([
    {
      kind: 'stored',
      what: 'model/deep/b',
      state: 'differs',
      expected: two,
      found: md5Of('poison'),
      text: 'the remote’s copy of model/deep/b is not what its name says',
    },
  ]);
});

test('a list that somebody changed is found', async () => {
  store(model, '[]');
  const checks = await checkObjects(folder, await objectNames(folder, recorded));
  expect(checks.map(({ what, state }) => [what, state])).toEqual([['model', 'differs']]);
});

test('what a remote itself calls damaged is read from DVC’s words', () => {
  const lines = [
    `ERROR: failed to transfer '${one}' - Expected checksum LTGRrw== did not match calculated checksum: +XQZSQ==`,
    `ERROR: failed to transfer '${two}' - Connection refused`,
    `ERROR: failed to transfer '${model}' - files/md5/${model.slice(0, 2)}/${model.slice(2)} has other bytes than its name says: ${two}`,
    'ERROR: failed to fetch data from the cloud - 2 files failed to download',
  ];
  expect(damagedObjects(lines, new Map([[one, 'model/a']]))).toEqual([
    expect.objectContaining({ what: 'model/a', state: 'differs', expected: one }),
    {
      ...{ kind: 'stored', what: model, state: 'differs', found: two },
      expected: model.replace('.dir', ''),
      text: `the remote’s copy of ${model} is not what its name says`,
    },
  ]);
});
