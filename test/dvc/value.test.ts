import { describe, expect, test } from '@jest/globals';
import { equal, exactText, floatText, Opaque, toPlain, type Value } from '../../src/dvc/value.ts';

test.each<[Value, string]>([
  [12345678901234567890n, '12345678901234567890'],
  ['12345678901234567890', '"12345678901234567890"'],
  [1, '1.0'],
  [1n, '1'],
  [1e-7, '1e-07'],
  [Number.NaN, 'nan'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [null, 'null'],
  [true, 'true'],
  [[1n, [2.5, 'a']], '[1,[2.5,"a"]]'],
  [
    new Map<Value, Value>([
      [0n, 1],
      ['0', Number.NaN],
    ]),
    '{0:1.0,"0":nan}',
  ],
])('a value has a text of its own: %p', (value, text) => {
  expect(exactText(value)).toBe(text);
});

describe("Python's ==", () => {
  const map = (entries: [Value, Value][]) => new Map(entries);
  test.each<[string, Value, Value, boolean | undefined]>([
    ['an int and the same float', 5n, 5, true],
    ['an int and another float', 5n, 5.5, false],
    ['a huge int and the float nearest to it', 2n ** 53n + 1n, 2 ** 53, false],
    ['True and 1', true, 1n, true],
    ['False and 0.0', false, 0, true],
    ['a text and a number', '1', 1n, false],
    ['None and False', null, false, false],
    ['NaN and itself', Number.NaN, Number.NaN, false],
    ['lists', [1n, 'a', [2]], [1, 'a', [2n]], true],
    ['lists of other length', [1n], [1n, 2n], false],
    [
      'maps in another order',
      map([
        ['a', 1n],
        ['b', 2n],
      ]),
      map([
        ['b', 2n],
        ['a', 1n],
      ]),
      true,
    ],
    ['maps with another key', map([['a', null]]), map([['b', null]]), false],
    [
      'a date and itself',
      new Opaque('a date', '2020-01-01'),
      new Opaque('a date', '2020-01-01'),
      undefined,
    ],
    [
      'lists that differ beside a date',
      [new Opaque('a date', 'x'), 1n],
      [new Opaque('a date', 'x'), 2n],
      false,
    ],
    ['lists with a date', [new Opaque('a date', 'x')], [new Opaque('a date', 'x')], undefined],
  ])('%s', (_, left, right, expected) => {
    expect(equal(left, right)).toBe(expected);
    expect(equal(right, left)).toBe(expected);
  });
});

test.each([
  [0.1, '0.1'],
  [1, '1.0'],
  [-0, '-0.0'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [123456789012345.6, '123456789012345.6'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [-2.5e100, '-2.5e+100'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NaN, 'nan'],
])('a float as Python prints it: %d', (value, text) => {
  expect(floatText(value)).toBe(text);
});

test('plain JavaScript of a value', () => {
  const value: Value = new Map<Value, Value>([
    ['n', [1n, 2n ** 60n, 0.5]],
    [1n, new Opaque('a date', '2020-01-01')],
    ['__proto__', null],
  ]);
  expect(JSON.stringify(toPlain(value))).toBe(
    '{"1":"2020-01-01","n":[1,"1152921504606846976",0.5],"__proto__":null}',
  );
});
