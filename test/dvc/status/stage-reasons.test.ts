import { describe, expect, test } from '@jest/globals';
import type { Content } from '../../../src/dvc/hash/content.ts';
import type { LockedStage } from '../../../src/dvc/lock/lock.ts';
import type { FileHash, Stage } from '../../../src/dvc/pipeline.ts';
import { reasonText, statusText } from '../../../src/dvc/status/reason-text.ts';
import { type Facts, type Reason, stageReasons } from '../../../src/dvc/status/stage-reasons.ts';
import type { Value } from '../../../src/dvc/value.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';

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
const odd = (construct: string): Content => ({ state: 'not-understood', construct });
const list = (...cmd: string[]) => ({ cmd, isCmdList: true });

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
    ['a dep alone', { params: [], outs: [] }, { outs: [] }, facts(), []],
    ['params alone', { deps: [], outs: [] }, { deps: [], outs: [] }, facts(), []],
    ['an out alone', { deps: [], params: [] }, { deps: [] }, facts(), []],
    ['the same list', list('a', 'b'), { cmd: ['a', 'b'] }, facts(), []],
    ['no command at all', list(), { cmd: [] }, facts(), []],
    ...(
      [
        [list('a', 'b'), ['a'], 'a → a; b'],
        [list('a'), ['a', 'b'], 'a; b → a'],
        [list('a', 'b'), ['a', 'c'], 'a; c → a; b'],
        [list('b', 'a'), ['a', 'b'], 'a; b → b; a'],
        [{ cmd: ['a'] }, ['a'], 'a → a'],
        [list('a'), 'a', 'a → a'],
      ] as [Partial<Stage>, string | string[], string][]
    ).map(
      ([stage, cmd, change]): [string, Partial<Stage>, Partial<LockedStage>, Facts, string[]] => [
        ...(['another list', stage, { cmd }, facts()] as const),
        [`command changed: ${change}`],
      ],
    ),
    [
      'paths that are written from its own folder',
      {
        written: new Map([
          ['data', '../data'],
          ['model', '../model'],
          ['params.yaml', '../params.yaml'],
        ]),
      },
      {
        deps: [{ ...hashOf('data'), path: '../data' }],
        outs: [{ ...hashOf('model'), path: '../model' }],
        params: new Map([['../params.yaml', new Map<Value, Value>([['lr', 5n]])]]),
      },
      facts(),
      [],
    ],
    ['paths that nothing is written of', { written: new Map() }, {}, facts(), []],
    [
      'an entry of another path',
      {},
      { deps: [hashOf('data'), { ...hashOf('other'), hash: 'x' }] },
      facts(),
      [],
    ],
    [
      'two entries of a path, of which the last counts',
      {},
      { deps: [{ ...hashOf('data'), hash: 'x' }, hashOf('data')] },
      facts(),
      [],
    ],
    [
      'an out missing that no cache has to have',
      { outs: train.outs.map((out) => ({ ...out, cache: false })) },
      {},
      facts({ contents: { model: absent } }),
      ['model missing'],
    ],
    [
      'an out missing that the lock has not',
      {},
      { outs: [] },
      facts({ contents: { model: absent }, isCached: () => false }),
      ['model missing'],
    ],
    [
      'a dep and an out that only DVC can read',
      {},
      {},
      facts({ contents: { data: odd('a pipe'), model: odd('a socket') } }),
      ['a pipe: only DVC can tell', 'a socket: only DVC can tell'],
    ],
    [
      'params that only DVC can read',
      {},
      {},
      facts({
        paramsOf: () => {
          throw new NotUnderstood('a tag');
        },
      }),
      ['a tag: only DVC can tell'],
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

test('reasons name what they are of, and of what kind', () => {
  expect(reasons({}, undefined, facts({ contents: { data: absent } }))).toEqual([
    { kind: 'never-ran' },
    { kind: 'dep', path: 'data', change: 'deleted' },
    { kind: 'params-file', file: 'params.yaml', change: 'new' },
    { kind: 'out', path: 'model', change: 'new' },
  ]);
  expect(reasons({}, {}, facts({ contents: { model: absent } }))).toEqual([
    { kind: 'out', path: 'model', change: 'deleted', isCached: true },
  ]);
  const uncached = { outs: train.outs.map((out) => ({ ...out, cache: false })) };
  expect(reasons(uncached, {}, facts({ contents: { model: absent } }))).toEqual([
    { kind: 'out', path: 'model', change: 'deleted', isCached: false },
  ]);
  expect(reasons({ cmd: ['x'] }, {}, facts({ hasParams: () => false }))).toEqual([
    { kind: 'command', before: 'python train.py', after: 'x' },
    { kind: 'params-file', file: 'params.yaml', change: 'deleted' },
  ]);
  expect(reasons({ alwaysChanged: true }, {}, facts({ contents: { data: odd('x') } }))).toEqual([
    { kind: 'always' },
    { kind: 'not-understood', construct: 'x' },
  ]);
});

test('content is asked for as its entry has hashed it, without one as DVC 2 did', () => {
  const asked: string[] = [];
  const known = facts({
    contentOf: (path, kind) => {
      asked.push(`${path} ${kind}`);
      return present(`hash of ${path}`);
    },
  });
  reasons({}, {}, known);
  reasons({}, { deps: [], outs: [] }, known);
  expect(asked).toEqual(['data md5', 'model md5', 'data md5-dos2unix', 'model md5-dos2unix']);
});

test('the cache is asked only for what it should have', () => {
  const asked: unknown[] = [];
  const known = facts({ isCached: (hash) => asked.push(hash) > 0 });
  reasons({}, {}, known);
  expect(asked).toEqual([hashOf('model')]);
  reasons({}, { outs: [] }, known);
  reasons({ outs: train.outs.map((out) => ({ ...out, cache: false })) }, {}, known);
  expect(asked).toHaveLength(1);
});

test('what fails otherwise than by being odd is no reason, but thrown', () => {
  const paramsOf = () => {
    throw new Error('disk');
  };
  expect(() => reasons({}, {}, facts({ paramsOf }))).toThrow('disk');
});

describe('with missing data allowed', () => {
  test.each<[string, FileHash | undefined, string[]]>([
    ['nobody makes', undefined, []],
    ['was made the same', hashOf('data'), []],
    ['was made otherwise', { ...hashOf('data'), hash: 'other' }, ['data changed']],
    ['was hashed otherwise', { ...hashOf('data'), kind: 'md5-dos2unix' }, ['data changed']],
  ])('a missing dep that %s', (_, made, expected) => {
    const known = facts({ contents: { data: absent }, upstreamHash: () => made });
    expect(texts(reasons({}, {}, known, true))).toEqual(expected);
  });

  test.each<[string, Partial<LockedStage>, boolean]>([
    ['in the cache', {}, true],
    ['not in the cache', {}, false],
    ['not in the lock', { outs: [] }, false],
  ])('a missing out, %s, is no reason', (_, lock, isCached) => {
    const known = facts({ contents: { model: absent }, isCached: () => isCached });
    expect(reasons({}, lock, known, true)).toEqual([]);
  });

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
