import { expect, test } from '@jest/globals';
import { compareImages } from '../../../src/reproduction/compare/images.ts';
import { type Evidence, likelyCauses } from '../../../src/reproduction/compare/likely-causes.ts';
import type { Check } from '../../../src/reproduction/compare/result.ts';
import { record, stage, version } from '../records.ts';

const [words, train] = [stage('words'), stage('train')];
const other: Check = {
  kind: 'model',
  what: 'model',
  stage: 'train',
  state: 'differs',
  expected: 'aa',
  found: 'bb',
};
const registered = version({
  image: 'sibling/train:1',
  baseImage: `sha256:${'1'.repeat(64)}`,
  deps: new Map([['words', 'w']]),
});

function causes(rest: Partial<Evidence>): string[] {
  const before = [
    record(words, { outs: { words: 'w' } }),
    record(train, { deps: { words: 'w' }, outs: { model: 'aa' } }),
  ];
  const after = [
    record(words, { outs: { words: 'w' } }),
    record(train, { deps: { words: 'w' }, outs: { model: 'bb' } }),
  ];
  return likelyCauses({ registered, checks: [other], before, after, ...rest });
}

test('nothing is said where nothing that counts differs', () => {
  const note: Check = { ...other, kind: 'base-image', state: 'note' };
  expect(causes({ checks: [note] })).toEqual([]);
});

test('a changed base image comes before the image that it changes', () => {
  const now = { stage: 'train', reference: 'sibling/train:2', base: `sha256:${'2'.repeat(64)}` };
  const said = causes({ checks: [other, ...compareImages(registered, now)] });
  expect(said).toEqual([
    expect.stringMatching(
      /^Most likely the cause: the base image changed \(sha256:1{12}, now sha256:2{12}\)/,
    ),
  ]);
});

test('another image on the same base, or on one that nobody knows', () => {
  const now = { stage: 'train', reference: 'sibling/train:2', base: undefined };
  const [said] = causes({ checks: [other, ...compareImages(registered, now)] });
  expect(said).toMatch(/the image of stage train is another one/);
});

test('parameters, and what the model was made of', () => {
  const param: Check = { ...other, kind: 'param', what: 'p: seed', expected: '1', found: '2' };
  const dep: Check = { ...other, kind: 'dep', what: 'words' };
  expect(causes({ checks: [other, { ...param, state: 'note' }, dep] })).toEqual([
    'dvc.lock at the commit is of a run with other parameters: p: seed 1 → 2.',
    'The model was made of another words this time.',
  ]);
});

test('else the first stage that made something else of the same', () => {
  expect(causes({})).toEqual([expect.stringMatching(/^It begins at stage train:/)]);
  const after = [
    record(words, { outs: { words: 'x' } }),
    record(train, { deps: { words: 'x' }, outs: { model: 'bb' } }),
  ];
  expect(causes({ after })).toEqual([expect.stringMatching(/^It begins at stage words:/)]);
  // Without a dvc.lock of that run the registered deps tell.
  expect(causes({ before: [] })).toEqual([expect.stringMatching(/^It begins at stage train:/)]);
});
