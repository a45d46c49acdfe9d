import { describe, expect, test } from '@jest/globals';
import {
  compareDeps,
  compareHere,
  compareLock,
  compareOuts,
  compareParams,
} from '../../../src/reproduction/compare/hashes.ts';
import type { Check } from '../../../src/reproduction/compare/result.ts';
import { record, stage, version } from '../records.ts';

const train = stage('train');
const evaluate = stage('evaluate');
const model = { stage: train, path: 'model' };
const brief = (checks: readonly Check[]) =>
  checks.map(({ kind, what, state, expected, found }) => [kind, what, state, expected, found]);

describe('dvc.lock at the commit', () => {
  const registered = version({ deps: new Map([['data_1.csv', 'd1']]) });

  test('names what is registered', () => {
    const locked = [record(train, { deps: { 'data+1.csv': 'd1' }, outs: { model: 'aa' } })];
    expect(brief(compareLock(registered, locked, model, 'c0ffee'))).toEqual([
      ['lock', 'model', 'same', 'aa', 'aa'],
      ['lock', 'data+1.csv', 'same', 'd1', 'd1'],
    ]);
  });

  test('names another model, made of something else', () => {
    const locked = [record(train, { deps: { 'data+1.csv': 'd2' }, outs: { model: 'bb' } })];
    const checks = compareLock(registered, locked, model, 'c0ffee');
    expect(brief(checks)).toEqual([
      ['lock', 'model', 'differs', 'aa', 'bb'],
      ['lock', 'data+1.csv', 'differs', 'd1', 'd2'],
    ]);
    expect(checks[0]?.text).toBe('dvc.lock at c0ffee names another model');
  });

  test('has no such stage', () => {
    expect(brief(compareLock(registered, [], model, 'c0ffee'))).toEqual([
      ['lock', 'model', 'differs', 'aa', null],
      ['lock', 'data_1.csv', 'differs', 'd1', null],
    ]);
  });
});

test('deps are compared with the registered ones, also those that are gone', () => {
  const found = record(train, { deps: { known: 'k2', unregistered: 'u', unhashed: undefined } });
  const deps = new Map([
    ['known', 'k1'],
    ['gone', 'g'],
    ['unhashed', 'h'],
  ]);
  expect(brief(compareDeps('dep', version({ deps }), found.deps))).toEqual([
    ['dep', 'known', 'differs', 'k1', 'k2'],
    ['dep', 'unhashed', 'differs', 'h', null],
    ['dep', 'gone', 'differs', 'g', null],
  ]);
});

test('outs are compared with dvc.lock, with their sizes; the model has a check of its own', () => {
  const before = [
    record(train, { outs: { model: 'aa', plot: 'p1' } }, { plot: 10 }),
    record(evaluate, { outs: { metrics: 'm', new: undefined } }),
  ];
  const after = [
    record(train, { outs: { model: 'bb', plot: 'p2' } }, { plot: 7 }),
    record(evaluate, { outs: { metrics: 'm', new: 'n' } }),
    record(stage('added'), { outs: { other: 'o' } }),
  ];
  const checks = compareOuts(before, after, model);
  expect(brief(checks)).toEqual([
    ['out', 'plot', 'differs', 'p1', 'p2'],
    ['out', 'metrics', 'same', 'm', 'm'],
  ]);
  expect(checks.map(({ difference }) => difference)).toEqual([-3, undefined]);
});

test('parameters that dvc.lock has otherwise are noted', () => {
  const before = [
    record(train, { params: { 'params.yaml: seed': '1', 'params.yaml: depth': '5' } }),
  ];
  const after = [
    record(train, { params: { 'params.yaml: seed': '2', 'params.yaml: depth': '5' } }),
  ];
  expect(brief(compareParams(before, after))).toEqual([
    ['param', 'params.yaml: seed', 'note', '1', '2'],
  ]);
  expect(compareParams([], after)).toEqual([]);
});

describe('dvc.lock in the workspace', () => {
  const params = { 'params.yaml: seed': '1' };
  const made = [record(train, { deps: { data: 'd' }, outs: { model: 'aa', plot: 'p' }, params })];
  const changed = record(train, { deps: { data: 'd' }, outs: { model: 'ff', plot: 'p' }, params });

  test('names what the same inputs do not make', () => {
    const checks = compareHere([changed], made, made, true);
    expect(brief(checks)).toEqual([['lock', 'model', 'differs', 'aa', 'ff']]);
    expect(checks[0]?.text).toMatch(/in the workspace names another model for the same inputs/);
    expect(compareHere([changed], made, made, false)[0]?.state).toBe('note');
  });

  test.each([
    ['is of other data', { ...changed, deps: record(train, { deps: { data: 'e' } }).deps }],
    ['is of other parameters', { ...changed, params: new Map([['params.yaml: seed', '2']]) }],
    ['is of another pipeline', { ...changed, stage: evaluate }],
  ])('%s, and says nothing of this version', (_, mine) => {
    expect(compareHere([mine], made, made, true)).toEqual([]);
  });

  test('says nothing where the stage makes something else each time', () => {
    const again = [
      record(train, { deps: { data: 'd' }, outs: { model: 'bb', plot: 'p' }, params }),
    ];
    expect(compareHere([changed], made, again, true)).toEqual([]);
  });
});
