import { describe, expect, test } from '@jest/globals';
import { readMetrics } from '../../../src/metrics/read.ts';
import { compareData } from '../../../src/report/compare/data.ts';
import { compareParams } from '../../../src/report/compare/params.ts';
import { type LockFacts, readLockFacts } from '../../../src/report/read/lock-facts.ts';

const lock = (stages: string) => `schema: '2.0'\nstages:\n${stages}`;

function facts(text: string, folder = '.'): LockFacts {
  const read = readLockFacts(text, () => folder);
  if ('problem' in read) throw new Error(read.problem.cause);
  return read.facts;
}

const train = lock(`
  train:
    cmd: sibling stage train
    deps:
    - {path: data/raw.csv, hash: md5, md5: aaaa, size: 10}
    - {path: data/split/train.csv, hash: md5, md5: bbbb, size: 20}
    params:
      params.yaml: {train.depth: 5, train.seed: .nan, train.layers: [1, 2]}
    outs:
    - {path: models/m.bin, hash: md5, md5: cccc, size: 30}
    - {path: data/split, hash: md5, md5: dddd.dir, size: 40, nfiles: 2}
`);

describe('what a dvc.lock tells', () => {
  test('outs, sources and parameters', () => {
    const { outs, sources, params, stages } = facts(train);
    expect(stages).toEqual(['train']);
    expect(outs.get('data/split')).toEqual({ hash: 'dddd.dir', size: 40, files: 2 });
    expect([...sources.keys()]).toEqual(['data/raw.csv']);
    expect(params).toMatchObject([{ path: 'params.yaml' }]);
  });

  test('the older form without stages', () => {
    expect([...facts('a:\n  outs:\n  - {path: x, md5: y}\n').outs]).toEqual([['x', { hash: 'y' }]]);
  });

  test('paths are named from the root, addresses aside', () => {
    const text = lock(`
  a:
    deps: [{path: 's3://b/k', etag: e}, {path: /abs, md5: x}, {path: ../in, md5: x}]
    outs: [{path: out, md5: y}]
    params: {params.yaml: {a: 1}}
`);
    const { outs, sources, params } = facts(text, 'sub/dir');
    expect([...outs.keys(), ...sources.keys()]).toEqual([
      'sub/dir/out',
      's3://b/k',
      '/abs',
      'sub/in',
    ]);
    expect(params[0]?.path).toBe('sub/dir/params.yaml');
  });

  test.each([
    ['nothing', ''],
    ['a list', '- 1'],
    ['stages of odd shapes', lock('  a: 1\n  b: {outs: 5, deps: [1, {path: 2}], params: [x]}')],
    ['sizes that are none', lock('  a: {outs: [{path: x, md5: 5, size: -1, nfiles: many}]}')],
  ])('%s is no error', (_, text) => {
    expect(facts(text).sources.size).toBe(0);
  });

  test('what is not YAML says where', () => {
    expect(readLockFacts('a: 1\nb: [\n')).toEqual({
      problem: expect.objectContaining({ line: 3 }),
    });
  });
});

describe('data that changed', () => {
  const side = (hash: string, size = 1) => ({ hash, size });
  const of = (outs: Record<string, object>, sources: Record<string, object> = {}): LockFacts => ({
    stages: [],
    outs: new Map(Object.entries(outs)),
    sources: new Map(Object.entries(sources)),
    params: [],
  });

  test.each([
    ['the same', of({ a: side('x') }), of({ a: side('x', 2) }), []],
    [
      'another hash',
      of({ a: side('x') }),
      of({ a: side('y') }),
      [{ path: 'a', change: 'changed' }],
    ],
    ['new', of({}), of({ a: side('x') }), [{ path: 'a', change: 'added' }]],
    ['gone', of({ a: side('x') }), of({}), [{ path: 'a', change: 'removed' }]],
    [
      'moved',
      of({ a: side('x') }),
      of({ b: side('x') }),
      [{ path: 'b', change: 'moved', movedFrom: 'a' }],
    ],
    [
      'moved once only',
      of({ a: side('x') }),
      of({ b: side('x'), c: side('x') }),
      [
        { path: 'b', change: 'moved' },
        { path: 'c', change: 'added' },
      ],
    ],
    ['sizes alone', of({ a: { size: 1 } }), of({ a: { size: 2 } }), [{ change: 'changed' }]],
    [
      'outs before sources',
      of({ a: side('x') }, { s: side('x') }),
      of({ a: side('y') }, { s: side('z') }),
      [{ kind: 'out' }, { kind: 'source' }],
    ],
  ])('%s', (_, before, after, rows) => {
    expect(compareData(before, after)).toMatchObject(rows);
  });

  test('without a base there is nothing to say', () => {
    expect(compareData(undefined, of({ a: side('x') }))).toEqual([]);
  });
});

describe('parameters that changed', () => {
  const file = (text: string, path = 'params.yaml') => ({
    path,
    reading: readMetrics(text, 'yaml'),
  });
  const changes = (before: string, after: string) =>
    compareParams([file(before)], [file(after)]).map(({ key, change }) => `${key} ${change}`);

  test.each([
    ['a: 1', 'a: 1.0', []],
    ['a: .nan', 'a: .nan', []],
    ['a: .nan', 'a: 1', ['a changed']],
    ['a: "1"', 'a: 1', ['a changed']],
    ['a: {b: 1, c: 2}', 'a: {b: 1, d: 3}', ['a.d added', 'a.c removed']],
    ['a: [1, 2]', 'a: [1, 3]', ['a[1] changed']],
    ['a: 1', 'a: [', [' unreadable']],
  ])('%s → %s', (before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });

  test('a params file that only one side has', () => {
    expect(compareParams([], [file('a: 1', 'p.yaml')])).toMatchObject([
      { file: 'p.yaml', key: 'a', change: 'added' },
    ]);
  });

  test('from two dvc.lock texts', () => {
    const before = facts(train);
    const after = facts(train.replace('depth: 5', 'depth: 7'));
    expect(compareParams(before.params, after.params)).toMatchObject([
      { file: 'params.yaml', key: 'train.depth', before: { value: 5 }, after: { value: 7 } },
    ]);
  });
});
