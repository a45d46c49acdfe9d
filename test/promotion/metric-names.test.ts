import { describe, expect, test } from '@jest/globals';
import type { MetricGate } from '../../src/metrics/gates.ts';
import type { ReadFile } from '../../src/metrics/read.ts';
import { scalarValue } from '../../src/metrics/value.ts';
import { asFiles, nameMetrics } from '../../src/promotion/metric-names.ts';

const gate = (files: string[], pattern = 'accuracy'): MetricGate => ({
  pattern,
  better: 'higher',
  level: 'fail',
  files,
});
const file = (path: string, values: Record<string, number>): ReadFile => ({
  path,
  reading: { values: named(values) },
});
const named = (values: Record<string, number>) =>
  new Map(Object.entries(values).map(([key, value]) => [key, scalarValue(value)]));
const plain = (files: readonly ReadFile[]) =>
  Object.fromEntries(
    files.map(({ path, reading }) => [
      path,
      'values' in reading &&
        Object.fromEntries(
          [...reading.values].map(([key, value]) => [key, 'value' in value && value.value]),
        ),
    ]),
  );

const one = [gate(['a.json'])];
const two = [gate(['a.json']), gate(['b.json'])];
const pair = [gate(['a.json', 'b.json'])];

describe('the names of metrics with a gate', () => {
  test.each([
    ['the key alone', one, [file('a.json', { accuracy: 1, other: 2 })], { accuracy: 1 }],
    [
      'with the file, of two stages',
      two,
      [file('a.json', { accuracy: 1 }), file('b.json', { accuracy: 2 })],
      { 'a.json:accuracy': 1, 'b.json:accuracy': 2 },
    ],
    [
      'with the file, of one stage',
      pair,
      [file('a.json', { accuracy: 1 }), file('b.json', { accuracy: 2 })],
      { 'a.json:accuracy': 1, 'b.json:accuracy': 2 },
    ],
  ])('%s', (_, gates, files, expected) => {
    const names = nameMetrics(files, gates);
    expect(names).toEqual(named(expected));
    expect(plain(asFiles(names, gates, files, true))).toEqual(
      plain(
        files.map(({ path, reading }) => ({
          path,
          reading: {
            values: new Map(
              'values' in reading ? [...reading.values].filter(([key]) => key === 'accuracy') : [],
            ),
          },
        })),
      ),
    );
  });
});

describe('named metrics beside files', () => {
  const both = [file('a.json', { accuracy: 0.9 }), file('b.json', { accuracy: 0.8 })];
  test.each([
    [
      'a plain name that is of two files is of neither',
      pair,
      both,
      named({ accuracy: 0.5 }),
      false,
      {},
    ],
    [
      'a full name is of its file',
      pair,
      both,
      named({ 'b.json:accuracy': 0.5 }),
      false,
      { 'b.json': { accuracy: 0.5 } },
    ],
    [
      'what a run logged beside them does not count',
      one,
      [file('a.json', { accuracy: 0.9 })],
      named({ accuracy: 0.5, loss: 1 }),
      false,
      { 'a.json': { accuracy: 0.5 } },
    ],
    [
      'what it was promoted with and is gone now does',
      [...one, gate(['a.json'], 'recall')],
      [file('a.json', { accuracy: 0.9 })],
      named({ accuracy: 0.5, recall: 0.7 }),
      true,
      { 'a.json': { accuracy: 0.5, recall: 0.7 } },
    ],
    [
      'a gate that was taken away counts no more',
      one,
      [file('a.json', { accuracy: 0.9 })],
      named({ accuracy: 0.5, recall: 0.7 }),
      true,
      { 'a.json': { accuracy: 0.5 } },
    ],
    [
      'without files, names find the first with such a gate',
      two,
      undefined,
      named({ 'b.json:accuracy': 0.5, accuracy: 0.6 }),
      false,
      { 'a.json': { accuracy: 0.6 }, 'b.json': { accuracy: 0.5 } },
    ],
  ])('%s', (_, gates, beside, values, isComplete, expected) => {
    expect(plain(asFiles(values, gates, beside, isComplete))).toEqual(expected);
  });
});

test('a file that holds one value gives its name to it', () => {
  const gates = [gate(['acc.json', 'b.json'], '*')];
  const files = [file('acc.json', { '': 0.9 }), file('b.json', { '': 0.5, f1: 1 })];
  const names = nameMetrics(files, gates);
  expect(names).toEqual(named({ 'acc.json': 0.9, 'b.json': 0.5, f1: 1 }));
  expect(plain(asFiles(names, gates, files, true))).toEqual(plain(files));
  expect(plain(asFiles(names, gates, undefined, true))).toMatchObject({ 'b.json': { '': 0.5 } });
});
