import { beforeAll, describe, expect, test } from '@jest/globals';
import { preparePython } from '../../src/dvc/params/python-values.ts';
import { formatOf, readMetrics } from '../../src/metrics/read.ts';
import { valueText } from '../../src/metrics/value-text.ts';
import { compareParams } from '../../src/report/compare/params.ts';
import { readDatapoints } from '../../src/report/plots/datapoints.ts';
import { readLockFacts } from '../../src/report/read/lock-facts.ts';

beforeAll(preparePython);

function shown(path: string, text: string): Readonly<Record<string, string>> {
  const reading = readMetrics(text, formatOf(path));
  if ('problem' in reading) throw new Error(reading.problem.cause);
  const quote = (word: string) => `'${word}'`;
  return Object.fromEntries(
    [...reading.values].map(([key, value]) => [key, valueText(value, quote)]),
  );
}

const huge = '1234567890'.repeat(30);

describe('numbers and keys are what they are to DVC', () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['p.yaml', 'a: 9007199254740993', { a: '9007199254740993' }],
    ['p.json', '{"a": -9007199254740993}', { a: '-9007199254740993' }],
    ['p.toml', 'a = 9007199254740993', { a: '9007199254740993' }],
    [
      'p.py',
      'a = 9007199254740993\nclass B:\n    c = 1_000',
      { a: '9007199254740993', 'B.c': '1000' },
    ],
    ['p.yaml', 'a: 1e400\nb: -1e400', { a: 'Infinity', b: '-Infinity' }],
    ['p.json', '{"a": 1e400, "b": -0.0}', { a: 'Infinity', b: '0' }],
    [
      'p.yaml',
      'a: 1_000\nb: 010\nc: 0o17\nd: 0x1F\ne: 0b11',
      { a: '1000', b: '10', c: '15', d: '31', e: '3' },
    ],
    [
      'p.yaml',
      'a: yes\nb: 12:30:00\nc: 1e3\nd: 1.\ne: .5',
      { a: "'yes'", b: "'12:30:00'", c: '1000', d: '1', e: '0.5' },
    ],
    [
      'p.yaml',
      '4.0: a\n1e3: b\n2: c\ntrue: d\nnull: e',
      { '4.0': "'a'", '1000.0': "'b'", 2: "'c'", True: "'d'", None: "'e'" },
    ],
    ['p.yaml', 'a: 2024-01-31', { a: "'2024-01-31'" }],
    [
      'p.toml',
      'a = 2024-01-31\nb = 07:30:00\nc = 0xff',
      { a: "'2024-01-31'", b: "'07:30:00.000'", c: '255' },
    ],
    ['p.py', 'a = float("inf")\nb = -0.0\nc = 1e400\nd = 0x10', { b: '0', c: 'Infinity', d: '16' }],
  ])('%s: %j', (path, text, expected) => {
    expect(shown(path, text)).toEqual(expected);
  });

  test('ints of more digits than a report keeps differ', () => {
    const file = (end: string) => ({
      path: 'p.yaml',
      reading: readMetrics(`a: ${huge}${end}`, 'yaml'),
    });
    expect(compareParams([file('1')], [file('2')])).toMatchObject([
      { key: 'a', change: 'changed' },
    ]);
    expect(compareParams([file('1')], [file('1')])).toEqual([]);
  });

  test('params of dvc.lock', () => {
    const lock =
      "schema: '2.0'\nstages:\n  s:\n    cmd: c\n    params:\n      p.yaml:\n        w:\n          1.0: 9007199254740993\n";
    const read = readLockFacts(lock);
    const [file] = 'facts' in read ? read.facts.params : [];
    expect(file?.reading).toEqual({
      values: new Map([['w.1.0', { type: 'number', value: 2 ** 53, exact: '9007199254740993' }]]),
    });
  });

  test.each([
    ['p.json', '[{"loss": 1, "10": 2, "5": 3}]', '5'],
    ['p.yaml', '- {loss: 1, 10: 2, 5: 3}', '5'],
    ['p.csv', 'loss,10,5\n1,2,3\n', '5'],
  ])('the last column of %s', (path, text, lastField) => {
    expect(readDatapoints(path, text, true)).toMatchObject({ lastField });
  });
});
