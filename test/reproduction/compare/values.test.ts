import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/reproduction/compare/result.ts';
import { compareMetricFiles } from '../../../src/reproduction/compare/values.ts';

const brief = (checks: readonly Check[]) =>
  checks.map(({ what, state, expected, found, difference }) => [
    what,
    state,
    expected,
    found,
    ...(difference === undefined ? [] : [difference]),
  ]);
const file = (value: unknown) => new Map([['m.json', JSON.stringify(value)]]);

describe('metrics files', () => {
  test('are compared value by value', () => {
    const before = file({ a: 0.5, b: { c: 2, d: 'x' }, gone: 1 });
    const after = file({ a: 0.75, b: { c: 2, d: 'y' } });
    expect(brief(compareMetricFiles(before, after)).sort()).toEqual([
      ['m.json: a', 'differs', 0.5, 0.75, 0.25],
      ['m.json: b.c', 'same', 2, 2],
      ['m.json: b.d', 'differs', 'x', 'y'],
      ['m.json: gone', 'differs', 1, null],
    ]);
  });

  test('NaN on both sides is the same', () => {
    const both = new Map([['m.json', '{"loss": NaN}']]);
    expect(brief(compareMetricFiles(both, both))).toEqual([['m.json: loss', 'same', 'NaN', 'NaN']]);
  });

  test('one that only one side has is left to its hash', () => {
    expect(compareMetricFiles(new Map(), file({ a: 1 }))).toEqual([]);
  });

  test('one that cannot be read differs', () => {
    const [check] = compareMetricFiles(file({ a: 1 }), new Map([['m.json', '{']]));
    expect(check).toMatchObject({ what: 'm.json', state: 'differs' });
    expect(check?.text).toMatch(/cannot be read/);
  });
});
