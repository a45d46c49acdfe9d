import { describe, expect, test } from '@jest/globals';
import type { Content } from '../../src/dvc/content.ts';
import type { LockedStage } from '../../src/dvc/lock.ts';
import type { FileHash, Stage } from '../../src/dvc/pipeline.ts';
import { reasonText, statusText } from '../../src/dvc/reason-text.ts';
import { type Facts, type Reason, stageReasons } from '../../src/dvc/stage-reasons.ts';
import type { Value } from '../../src/dvc/value.ts';

const train: Stage = {
  address: 'train',
  name: 'train',
  file: 'dvc.yaml',
  line: 1,
  cmd: ['python train.py'],
  isCmdList: false,
  wdir: '.',
  deps: ['data'],
  params: [{ path: 'params.yaml', keys: ['lr'] }],
  outs: [{ path: 'model', kind: 'out', cache: true, persist: false, push: true }],
  frozen: false,
  alwaysChanged: false,
  meta: null,
  written: new Map([
    ['data', 'data'],
    ['model', 'model'],
    ['params.yaml', 'params.yaml'],
  ]),
  notUnderstood: [],
};

const hashOf = (path: string): FileHash => ({ path, kind: 'md5', hash: `hash of ${path}` });

const locked: LockedStage = {
  cmd: 'python train.py',
  deps: [hashOf('data')],
  outs: [hashOf('model')],
  params: new Map([['params.yaml', new Map<Value, Value>([['lr', 5n]])]]),
  notUnderstood: [],
};

const present = (hash: string): Content => ({ state: 'present', hash });
const absent: Content = { state: 'absent' };

function facts(
  changes: Partial<Facts> & { contents?: Readonly<Record<string, Content>> } = {},
): Facts {
  return {
    contentOf: (path) => changes.contents?.[path] ?? present(`hash of ${path}`),
    isCached: () => true,
    hasParams: () => true,
    paramsOf: () => new Map<Value, Value>([['lr', 5n]]),
    upstreamHash: () => undefined,
    ...changes,
  };
}

function reasons(
  stage: Partial<Stage>,
  lock: Partial<LockedStage> | undefined,
  known: Facts,
  allowMissing = false,
): readonly Reason[] {
  const entry = lock && { ...locked, ...lock };
  return stageReasons({ ...train, ...stage }, entry, known, { allowMissing });
}

const texts = (found: readonly Reason[]) => found.map((reason) => reasonText(reason));

test('nothing differs', () => {
  expect(reasons({}, {}, facts())).toEqual([]);
});

describe('what makes a stage stale', () => {
  const params = (values: [Value, Value][]) => ({ paramsOf: () => new Map(values) });
  test.each<[string, Partial<Stage>, Partial<LockedStage> | undefined, Facts, string[]]>([
    [
      'never ran',
      {},
      undefined,
      facts(),
      ['never ran', 'data is a new dep', 'params.yaml is a new params file', 'model is a new out'],
    ],
    ['another command', { cmd: ['x'] }, {}, facts(), ['command changed: python train.py → x']],
    [
      'a long command at its end',
      { cmd: [`sibling stage train -- ${'x'.repeat(60)} --depth 6`] },
      { cmd: [`sibling stage train -- ${'x'.repeat(60)} --depth 5`] },
      facts(),
      ['command changed: …xxx --depth 5 → …xxx --depth 6'],
    ],
    [
      'a long command at its beginning',
      { cmd: [`b ${'x'.repeat(60)}`] },
      { cmd: [`a ${'x'.repeat(60)}`] },
      facts(),
      [`command changed: a ${'x'.repeat(37)}… → b ${'x'.repeat(37)}…`],
    ],
    [
      'the command as a list',
      { isCmdList: true },
      {},
      facts(),
      ['command changed: python train.py → python train.py'],
    ],
    ['a dep changed', {}, {}, facts({ contents: { data: present('other') } }), ['data changed']],
    ['a dep missing', {}, {}, facts({ contents: { data: absent } }), ['data missing']],
    ['a dep that the lock has not', {}, { deps: [] }, facts(), ['data is a new dep']],
    ['a param changed', {}, {}, facts(params([['lr', 7n]])), ['params.yaml: lr 5 → 7']],
    [
      'a param is no number now',
      {},
      {},
      facts(params([['lr', Number.NaN]])),
      ['params.yaml: lr 5 → nan'],
    ],
    ['a param equal in Python', {}, {}, facts(params([['lr', 5]])), []],
    ['a param missing', {}, {}, facts(params([])), ['params.yaml: lr missing']],
    [
      'a new param',
      {},
      { params: new Map([['params.yaml', new Map()]]) },
      facts(),
      ['params.yaml: lr is new (5)'],
    ],
    ['no params file', {}, {}, facts({ hasParams: () => false }), ['params.yaml missing']],
    [
      'a params file that the lock has not',
      {},
      { params: new Map() },
      facts(),
      ['params.yaml is a new params file'],
    ],
    ['an out changed', {}, {}, facts({ contents: { model: present('other') } }), ['model changed']],
    ['an out missing', {}, {}, facts({ contents: { model: absent } }), ['model missing, in cache']],
    [
      'an out neither here nor in the cache',
      {},
      {},
      facts({ contents: { model: absent }, isCached: () => false }),
      ['model not in cache'],
    ],
    [
      'an out that is not cached',
      { outs: train.outs.map((out) => ({ ...out, cache: false })) },
      {},
      facts({ isCached: () => false }),
      [],
    ],
    ['always', { alwaysChanged: true }, {}, facts(), ['always runs']],
    [
      'nothing declared',
      { deps: [], outs: [], params: [] },
      { deps: [], outs: [] },
      facts(),
      ['always runs'],
    ],
    [
      'a frozen stage with changed deps',
      { frozen: true },
      {},
      facts({ contents: { data: present('other') }, ...params([['lr', 9n]]) }),
      [],
    ],
    [
      'a frozen stage with a changed out',
      { frozen: true },
      {},
      facts({ contents: { model: present('other') } }),
      ['model changed'],
    ],
  ])('%s', (_, stage, lock, known, expected) => {
    expect(texts(reasons(stage, lock, known))).toEqual(expected);
  });
});

describe('with missing data allowed', () => {
  const nothing = facts({ contents: { data: absent, model: absent }, isCached: () => false });
  test('what is recorded counts as there', () => {
    expect(reasons({}, {}, nothing, true)).toEqual([]);
  });

  test('a missing dep whose producer made something else is a change', () => {
    const known = { ...nothing, upstreamHash: () => ({ ...hashOf('data'), hash: 'other' }) };
    expect(texts(reasons({}, {}, known, true))).toEqual(['data changed']);
  });

  test('a missing dep that is part of an out: no recorded hash tells', () => {
    const known: Facts = { ...nothing, upstreamHash: () => 'in-part' };
    expect(texts(reasons({}, {}, known, true))).toEqual([
      'part of an out, data, that is not here: only DVC can tell',
    ]);
  });

  test('what is there is still compared', () => {
    const known = facts({ contents: { data: present('other'), model: present('other') } });
    expect(texts(reasons({}, {}, known, true))).toEqual(['data changed', 'model changed']);
  });
});

test('what is not understood is the only reason', () => {
  const found = reasons({ notUnderstood: ['the remote path s3://x'] }, undefined, facts());
  expect(texts(found)).toEqual(['the remote path s3://x: only DVC can tell']);
});

test('a status in one line', () => {
  const status = (found: readonly Reason[]) =>
    statusText({ address: 'train', state: 'stale', reasons: found, staleUpstream: [] });
  expect(status(reasons({}, undefined, facts()))).toBe('never ran');
  const many = { ...train, deps: ['a', 'b', 'c', 'd'] };
  const changed = facts({ contentOf: (path) => present(path === 'model' ? 'hash of model' : 'x') });
  const lock = { deps: ['a', 'b', 'c', 'd'].map(hashOf) };
  expect(status(reasons(many, lock, changed))).toBe('a changed; b changed; c changed; and 1 more');
  expect(
    reasonText(
      { kind: 'dep', path: 'stages/train', change: 'modified' },
      { imageFolders: new Set(['stages/train']) },
    ),
  ).toBe('image folder stages/train changed');
});
