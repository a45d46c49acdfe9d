import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatOf, type MetricsFormat, readMetrics } from '../../src/metrics/read.ts';
import type { Value } from '../../src/metrics/value.ts';

function values(text: string, format: MetricsFormat): Record<string, Value> {
  const reading = readMetrics(text, format);
  if ('problem' in reading) throw new Error(JSON.stringify(reading.problem));
  return Object.fromEntries(reading.values);
}

const number = (value: number): Value => ({ type: 'number', value });

describe('the values of a metrics file', () => {
  const nested = { accuracy: number(0.9333333333333333), 'f1.setosa': number(1), n: number(150) };

  test.each<[string, MetricsFormat, string, Record<string, Value>]>([
    ['JSON', 'json', '{"accuracy": 0.9333333333333333, "f1": {"setosa": 1.0}, "n": 150}', nested],
    ['YAML', 'yaml', 'accuracy: 0.9333333333333333\nf1: {setosa: 1.0}\nn: 150\n', nested],
    ['TOML', 'toml', 'accuracy = 0.9333333333333333\nn = 150\n[f1]\nsetosa = 1.0\n', nested],
    ['one number', 'json', '0.93\n', { '': number(0.93) }],
    ['one number in YAML', 'yaml', '0.93\n', { '': number(0.93) }],
    ['one text', 'yaml', 'ready', { '': { type: 'string', value: 'ready' } }],
    ['one flag', 'json', 'true', { '': { type: 'boolean', value: true } }],
    ['nothing but null', 'json', 'null', {}],
    ['a list', 'json', '[1, {"a": 2}]', { '[0]': number(1), '[1].a': number(2) }],
    ['a byte order mark', 'json', '\ufeff{"a": 1}', { a: number(1) }],
    ['a tiny number', 'json', '{"lr": 3e-6}', { lr: number(3e-6) }],
    ['a tiny number in YAML', 'yaml', 'lr: 3e-6', { lr: number(3e-6) }],
    [
      'what Python writes for no number',
      'json',
      '{"a": NaN, "b": Infinity, "c": -Infinity, "d": "NaN"}',
      {
        a: { type: 'non-finite', value: 'NaN' },
        b: { type: 'non-finite', value: 'Infinity' },
        c: { type: 'non-finite', value: '-Infinity' },
        d: { type: 'string', value: 'NaN' },
      },
    ],
    [
      'the same in YAML',
      'yaml',
      'a: .nan\nb: .inf\nc: -.inf',
      {
        a: { type: 'non-finite', value: 'NaN' },
        b: { type: 'non-finite', value: 'Infinity' },
        c: { type: 'non-finite', value: '-Infinity' },
      },
    ],
    [
      'the same in TOML',
      'toml',
      'a = nan\nb = inf\nc = -inf',
      {
        a: { type: 'non-finite', value: 'NaN' },
        b: { type: 'non-finite', value: 'Infinity' },
        c: { type: 'non-finite', value: '-Infinity' },
      },
    ],
    [
      'an integer that no double holds',
      'json',
      '{"tokens": 12345678901234567890, "id": "12345678901234567890", "e": 1234567890123456.5}',
      {
        tokens: { type: 'number', value: 12345678901234567000, exact: '12345678901234567890' },
        id: { type: 'string', value: '12345678901234567890' },
        e: number(1234567890123456.5),
      },
    ],
    [
      'the same in YAML and a small one',
      'yaml',
      'tokens: 12345678901234567890\nn: 3',
      {
        tokens: { type: 'number', value: 12345678901234567000, exact: '12345678901234567890' },
        n: number(3),
      },
    ],
    [
      'words, flags and nothing',
      'json',
      '{"model": "forest", "converged": true, "note": null}',
      {
        model: { type: 'string', value: 'forest' },
        converged: { type: 'boolean', value: true },
        note: { type: 'null' },
      },
    ],
    [
      'a short list',
      'json',
      '{"f1": [0.5, {"a": 1}]}',
      { 'f1[0]': number(0.5), 'f1[1].a': number(1) },
    ],
    [
      'a date as its text',
      'toml',
      'at = 2024-01-02T03:04:05Z',
      { at: { type: 'string', value: '2024-01-02T03:04:05.000Z' } },
    ],
    [
      'keys with dots, and one that would hide another',
      'json',
      '{"mAP@0.5": 0.7, "a": {"b": 1}, "a.b": 2}',
      { 'mAP@0.5': number(0.7), 'a.b': number(1), '"a.b"': number(2) },
    ],
    [
      'a key that is dangerous in JavaScript',
      'json',
      '{"__proto__": {"a": 1}}',
      { '__proto__.a': number(1) },
    ],
    ['nothing', 'yaml', '', {}],
  ])('%s', (_, format, text, expected) => {
    expect(values(text, format)).toEqual(expected);
  });

  test('a long list is summarised, and tells itself apart from another', () => {
    const list = (last: number) => JSON.stringify({ loss: [...Array(99).keys(), last] });
    const { loss } = values(list(-5), 'json');
    expect(loss).toMatchObject({ type: 'list', length: 100, first: 0, last: -5, min: -5, max: 98 });
    expect(values(list(-6), 'json').loss).not.toEqual(loss);
    expect(values(`loss: [${[...Array(99).keys(), -5].join(', ')}]`, 'yaml').loss).toEqual(loss);
  });

  test('a long text keeps its beginning, and tells itself apart from another', () => {
    const text = (end: string) => values(JSON.stringify({ a: 'x'.repeat(300) + end }), 'json').a;
    expect(text('1')).toMatchObject({ type: 'string', value: `${'x'.repeat(200)}…` });
    expect(text('1')).not.toEqual(text('2'));
  });
});

describe('a file that cannot be read says where', () => {
  test.each<[string, MetricsFormat, string, object]>([
    ['a comma too many', 'json', '{\n  "a": 1,\n}', { line: 3, column: 1 }],
    ['a bare word', 'json', '{\n  "a": tru\n}', { line: 2, column: 8 }],
    ['after a NaN', 'json', '{"a": NaN,\n "b": }', { line: 2, column: 7 }],
    ['cut short', 'json', '{"a": 1,\n "b":', { line: 2, column: 6 }],
    ['empty', 'json', '', { line: 1, column: 1 }],
    ['YAML', 'yaml', 'a: 1\nb: [1, 2\nc: 3\n', { line: 3 }],
    ['a key twice', 'yaml', 'a: 1\na: 2\n', { line: 2, column: 1 }],
    ['TOML', 'toml', 'a = 1\nb = \n', { line: 2 }],
    [
      'a Git LFS pointer',
      'yaml',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`,
      { cause: expect.stringContaining('git lfs pull') },
    ],
    ['too long', 'json', ' '.repeat(2 ** 20 + 1), { cause: expect.stringContaining('1048577') }],
    ['deep JSON', 'json', `{"a":${'['.repeat(1e5)}`, { cause: expect.anything() }],
    [
      'deep but valid',
      'json',
      `{"a":${'['.repeat(60)}1${']'.repeat(60)}}`,
      { cause: expect.stringContaining('deeper than 50') },
    ],
    ['deep YAML', 'yaml', `a: ${'['.repeat(20_000)}`, { cause: expect.anything() }],
    ['deep TOML', 'toml', `a = ${'['.repeat(1e5)}`, { cause: expect.anything() }],
    [
      'an alias bomb',
      'yaml',
      `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefgh'].map((to, at) => `${to}: &${to} [${Array(9).fill(`*${'abcdefg'[at]}`).join(',')}]`).join('\n')}`,
      { cause: expect.stringContaining('alias') },
    ],
    [
      'too many values',
      'json',
      JSON.stringify(Object.fromEntries([...Array(10_001).keys()].map((n) => [`k${n}`, n]))),
      { cause: expect.stringContaining('10000 values') },
    ],
  ])('%s', (_, format, text, problem) => {
    expect(readMetrics(text, format)).toEqual({ problem: expect.objectContaining(problem) });
  });

  test('no text makes a reader throw', () => {
    const near = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.string().map((text) => `a: ${text}`),
    );
    fc.assert(
      fc.property(near, fc.constantFrom('json', 'yaml', 'toml'), (text, format) => {
        readMetrics(text, format as MetricsFormat);
      }),
      { numRuns: 2_000 },
    );
  });

  test('every JSON object reads back its numbers', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }),
          fc.double({ noDefaultInfinity: true, noNaN: true }),
        ),
        (metrics) => {
          const read = Object.values(values(JSON.stringify(metrics), 'json'));
          const expected = Object.values(metrics).map((value) => JSON.parse(JSON.stringify(value)));
          expect(read.map((value) => value.type === 'number' && value.value)).toEqual(expected);
        },
      ),
    );
  });
});

test.each([
  ['metrics.json', 'json'],
  ['a.b/METRICS.JSON', 'json'],
  ['m.toml', 'toml'],
  ['m.yml', 'yaml'],
  ['metrics', 'yaml'],
])('the format of %s is %s', (path, format) => {
  expect(formatOf(path)).toBe(format);
});
