import { expect, test } from '@jest/globals';
import type { MetricGate } from '../../../src/metrics/gates.ts';
import { scalarValue } from '../../../src/metrics/value.ts';
import { nameMetrics } from '../../../src/promotion/metric-names.ts';
import { compareRegistered } from '../../../src/reproduction/compare/registered.ts';
import type { Check } from '../../../src/reproduction/compare/result.ts';
import { readFiles } from '../../../src/reproduction/compare/values.ts';

const brief = (checks: readonly Check[]) =>
  checks.map(({ what, state, expected, found, difference }) => [
    what,
    state,
    expected,
    found,
    ...(difference === undefined ? [] : [difference]),
  ]);
const named = (values: Record<string, number>) =>
  new Map(Object.entries(values).map(([key, value]) => [key, scalarValue(value)]));
const gate = (pattern: string, ...files: string[]): MetricGate => {
  return { pattern, level: 'fail', ...(files.length > 0 && { files }) };
};

const values = named({ a: 0.5, b: 1 / 3, c: Number.NaN, 'run.only': 7 });
const after = new Map([['m.json', `{"a": 0.25, "b": ${0.33333333333}, "c": NaN}`]]);

test.each([
  ['with their gates', [gate('*')]],
  ['that have lost their gates', []],
])('of the version count, %s', (_, gates) => {
  expect(brief(compareRegistered({ isComplete: true, values }, after, gates)).sort()).toEqual([
    ['a', 'differs', 0.5, 0.25, -0.25],
    ['b', 'same', 1 / 3, 0.33333333333],
    ['c', 'same', 'NaN', 'NaN'],
    ['run.only', 'differs', 7, null],
  ]);
});

test('of its run are noted, as far as one file has them', () => {
  const noted = compareRegistered({ isComplete: false, values }, after, []);
  expect(noted.map(({ what, state }) => [what, state])).toEqual([
    ['a', 'note'],
    ['b', 'same'],
    ['c', 'same'],
  ]);
  const both = new Map([...after, ['n.json', '{"a": 1}']]);
  const known = compareRegistered({ isComplete: false, values }, both, []);
  expect(known.map(({ what }) => what)).toEqual(['b', 'c']);
});

const two = new Map([
  ['train.json', '{"accuracy": 0.9, "loss": 1}'],
  ['test.json', '{"accuracy": 0.8, "loss": 2}'],
]);
const both = [gate('accuracy', 'train.json'), gate('accuracy', 'test.json')];

test.each([
  ['both gated', both, both],
  ['one gated', [gate('accuracy', 'test.json')], [gate('accuracy', 'test.json')]],
  ['the gates removed since', both, []],
  ['one gate removed since', [gate('accuracy', 'test.json')], []],
  ['one gate added since', [gate('accuracy', 'test.json')], both],
])('two files with the same key: %s', (_, atPromotion, gates) => {
  const kept = nameMetrics(readFiles(two, [...two.keys()]), atPromotion);
  const same = compareRegistered({ isComplete: true, values: kept }, two, gates);
  expect(same.map(({ state }) => state)).toEqual(atPromotion.map(() => 'same'));
  expect(same.map(({ what }) => what).sort()).toEqual([...kept.keys()].sort());

  const changed = new Map([...two, ['test.json', '{"accuracy": 0.7, "loss": 2}']]);
  const other = compareRegistered({ isComplete: true, values: kept }, changed, gates);
  expect(other.filter(({ state }) => state === 'differs')).toHaveLength(1);
});
