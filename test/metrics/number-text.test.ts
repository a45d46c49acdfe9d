import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  differenceText,
  distinctTexts,
  numberText,
  percentText,
} from '../../src/metrics/number-text.ts';

test.each([
  [0, '0'],
  [-0, '0'],
  [3e-6, '3e-6'],
  [-1.5e-7, '-1.5e-7'],
  [0.00012346, '0.0001235'],
  [0.93333333, '0.9333'],
  [0.9, '0.9'],
  [1, '1'],
  [150, '150'],
  [123456, '123456'],
  [12345.678, '12346'],
  [999.96, '1000'],
  [1e15, '1e15'],
  [1.5e300, '1.5e300'],
  [5e-324, '5e-324'],
  [100, '100'],
])('%d is shown as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test.each([
  [
    [0.933333, 0.966667],
    ['0.933', '0.967'],
  ],
  [
    [0.93333, 0.93334],
    ['0.93333', '0.93334'],
  ],
  [
    [0.1 + 0.2, 0.3],
    ['0.30000000000000004', '0.3'],
  ],
  [
    [1, 0.99999999],
    ['1', '0.99999999'],
  ],
  [
    [0.5, 0.5],
    ['0.5', '0.5'],
  ],
  [
    [0.89999, 0.95, 0.9],
    ['0.89999', '0.95', '0.9'],
  ],
])('%j look different as %j', (values, texts) => {
  expect(distinctTexts(values, 3)).toEqual(texts);
});

test.each([
  [0.0364, '+3.6\u00a0%'],
  [-0.0021, '-0.21\u00a0%'],
  [-0.000021, '-0.0021\u00a0%'],
  [1e-9, '+1e-7\u00a0%'],
  [0.1234, '+12.3\u00a0%'],
  [0.99999, '+100\u00a0%'],
  [12, '+1200\u00a0%'],
  [1e20, '+1e22\u00a0%'],
])('the fraction %d is shown as %s', (fraction, text) => {
  expect(percentText(fraction)).toBe(text);
});

test('a difference has its sign', () => {
  expect([0.0333, -0.5, 0].map(differenceText)).toEqual(['+0.0333', '-0.5', '0']);
});

describe('whatever the numbers', () => {
  const finite = fc.double({ min: -1e308, max: 1e308, noNaN: true });

  test('a text reads back as nearly the number', () => {
    fc.assert(
      fc.property(finite, (value) => {
        const read = Number(numberText(value));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5.1e-4);
      }),
    );
  });

  test('different numbers look different', () => {
    fc.assert(
      fc.property(finite, finite, (left, right) => {
        const [one, other] = distinctTexts([left, right]);
        expect(one === other).toBe(left === right);
      }),
    );
  });
});
