import { expect, test } from '@jest/globals';
import type { Gate } from '../../src/metrics/gates.ts';
import { judge, type Past, verdicts } from '../../src/metrics/judge.ts';
import type { Value } from '../../src/metrics/value.ts';

const number = (value: number): Value => ({ type: 'number', value });
const word = (value: string): Value => ({ type: 'string', value });
const nan: Value = { type: 'non-finite', value: 'NaN' };
const yes: Value = { type: 'boolean', value: true };
const higher: Gate = { pattern: 'a', better: 'higher', level: 'fail' };
const floor: Gate = { pattern: 'a', min: 0, level: 'fail' };
const ceiling: Gate = { pattern: 'a', max: 0, level: 'fail' };
const off: Gate = { ...higher, level: 'off' };
const none = undefined;

/** Before, after and gate; what is known of the past; the verdict, and whether the gate is broken. */
const table: [
  string,
  Value | undefined,
  Value | undefined,
  Gate | undefined,
  Past,
  string,
  boolean,
][] = [
  ['a word of an unknown past', none, word('a'), none, 'unknown', 'not-compared', false],
  ['a gated word of an unknown past', none, word('a'), higher, 'unknown', 'not-compared', true],
  ['a word with no past', none, word('a'), none, 'none', 'added', false],
  ['a word that is new', none, word('a'), none, 'known', 'added', false],
  ['NaN of an unknown past', none, nan, none, 'unknown', 'not-comparable', false],
  ['a word with a past', word('a'), word('b'), none, 'unknown', 'changed', false],
  ['a word that became a flag', word('a'), yes, none, 'known', 'not-comparable', false],
  ['a number that became a word', number(1), word('a'), higher, 'known', 'not-comparable', true],
  ['a word that became a number', word('a'), number(1), higher, 'known', 'not-comparable', false],
  ['a number of an unknown past', none, number(1), none, 'unknown', 'not-compared', false],
  ['a gated one of an unknown past', none, number(1), higher, 'unknown', 'not-compared', true],
  ['one with a floor of an unknown past', none, number(1), floor, 'unknown', 'not-compared', false],
  ['one whose gate is off', none, number(1), off, 'unknown', 'not-compared', false],
  ['a number with no past', none, number(1), none, 'none', 'added', false],
  ['a gated one with no past', none, number(1), higher, 'none', 'not-compared', false],
  ['one with a floor and no past', none, number(1), floor, 'none', 'added', false],
  ['one with a gate that is off and no past', none, number(1), off, 'none', 'added', false],
  ['a gated one that is new', none, number(1), higher, 'known', 'added', false],
  ['at a floor of zero', number(1), number(0), floor, 'known', 'changed', false],
  ['at a ceiling of zero', number(1), number(0), ceiling, 'known', 'changed', false],
  ['below a floor with no past', none, number(-1), floor, 'none', 'below-floor', true],
  ['above a ceiling, unknown past', none, number(1), ceiling, 'unknown', 'above-ceiling', true],
  ['gone and gated', number(1), none, higher, 'known', 'removed', true],
  ['nowhere and gated', none, none, higher, 'known', 'missing', true],
  ['from a part to a whole', number(0.5), number(1), higher, 'known', 'improved', false],
  ['from a whole to a part', number(1), number(0.5), higher, 'known', 'worse', true],
  ['equal', number(1), number(1), higher, 'known', 'same', false],
];

test.each(table)('%s', (_, before, after, gate, past, verdict, broken) => {
  expect(judge(before, after, gate, past)).toMatchObject({ verdict, broken });
  expect(verdicts).toContain(verdict);
});

test('with nothing said of it, the past is known', () => {
  expect(judge(none, number(1), higher)).toMatchObject({ verdict: 'added', broken: false });
});

test('what a file lacks that could not be read is not gone', () => {
  expect(judge(number(1), none, higher, 'known', false)).toEqual({
    verdict: 'not-compared',
    broken: true,
  });
  expect(judge(number(1), none, higher)).toEqual({ verdict: 'removed', broken: true });
});

test.each([
  ['within', { absolute: 1 }, 9, 'within'],
  ['none', undefined, 9, 'worse'],
] as const)('a tolerance: %s', (_, tolerance, after, verdict) => {
  const gate: Gate = { ...higher, ...(tolerance && { tolerance }) };
  expect(judge(number(10), number(after), gate).verdict).toBe(verdict);
  expect(verdicts).toContain(verdict);
});

test('a row of a file that cannot be read has a verdict of the list', () => {
  expect(verdicts).toContain('unreadable');
});
