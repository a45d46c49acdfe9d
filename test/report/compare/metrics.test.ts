import { describe, expect, test } from '@jest/globals';
import { readGates } from '../../../src/metrics/gates.ts';
import { type ReadFile, readMetrics } from '../../../src/metrics/read.ts';
import { compareMetrics, unmetPatterns } from '../../../src/report/compare/metrics.ts';

const file = (metrics: unknown, path = 'metrics.json'): ReadFile => {
  const text = typeof metrics === 'string' ? metrics : JSON.stringify(metrics);
  return { path, reading: readMetrics(text, 'json') };
};

/** The row of metric `a` with one gate. */
function row(before: unknown, after: unknown, gate?: unknown) {
  const gates = gate === undefined ? [] : readGates({ a: gate }).gates;
  const text = (value: unknown) => (value === undefined ? '{}' : `{"a": ${String(value)}}`);
  const [first] = compareMetrics([file(text(before))], [file(text(after))], gates);
  return first;
}

describe('the verdict on one metric', () => {
  const higher = { better: 'higher' };
  const lower = { better: 'lower' };

  test.each<[string, unknown, unknown, unknown, string, boolean]>([
    ['up is better', 0.9, 0.95, higher, 'improved', false],
    ['down is worse', 0.95, 0.9, higher, 'worse', true],
    ['up is worse', 0.1, 0.2, lower, 'worse', true],
    ['down is better', 0.2, 0.1, lower, 'improved', false],
    ['no direction', 1, 2, undefined, 'changed', false],
    ['equal', 0.5, 0.5, higher, 'same', false],
    ['equal in another spelling', '5e-1', '0.50', higher, 'same', false],
    ['within', 0.95, 0.945, { ...higher, tolerance: 0.01 }, 'within', false],
    ['within, upwards', 0.95, 0.955, { ...higher, tolerance: 0.01 }, 'within', false],
    [
      'at the tolerance, whatever doubles do',
      0.96,
      0.95,
      { ...higher, tolerance: 0.01 },
      'within',
      false,
    ],
    ['just beyond', 0.96, 0.9499, { ...higher, tolerance: 0.01 }, 'worse', true],
    ['a share within', 200, 199, { ...higher, tolerance: '1%' }, 'within', false],
    ['a share beyond', 200, 197, { ...higher, tolerance: '1%' }, 'worse', true],
    ['a share of a negative', -200, -201, { ...higher, tolerance: '1%' }, 'within', false],
    ['the wider of two', 0.001, 0.002, { ...lower, tolerance: [0.01, '1%'] }, 'within', false],
    ['a share of nothing', 0, 1e-9, { ...lower, tolerance: '1%' }, 'worse', true],
    ['below the floor', 0.95, 0.89, { ...higher, min: 0.9 }, 'below-floor', true],
    ['at the floor', 0.95, 0.9, { min: 0.9 }, 'changed', false],
    ['better and yet below', 0.5, 0.6, { ...higher, min: 0.9 }, 'below-floor', true],
    ['the same and below', 0.5, 0.5, { min: 0.9 }, 'below-floor', true],
    ['new and below', undefined, 0.5, { min: 0.9 }, 'below-floor', true],
    ['above the ceiling', 1, 3, { max: 2 }, 'above-ceiling', true],
    ['new', undefined, 1, higher, 'added', false],
    ['gone with a gate', 1, undefined, higher, 'removed', true],
    ['gone', 1, undefined, undefined, 'removed', false],
    ['NaN with a gate', 1, 'NaN', higher, 'not-comparable', true],
    ['NaN', 1, 'NaN', undefined, 'not-comparable', false],
    ['NaN again', 'NaN', 'NaN', undefined, 'not-comparable', false],
    ['NaN that was mended', 'NaN', 0.9, higher, 'not-comparable', false],
    ['infinite again', 'Infinity', 'Infinity', undefined, 'not-comparable', false],
    ['a word with a gate', 1, '"high"', higher, 'not-comparable', true],
    ['words', '"a"', '"b"', undefined, 'changed', false],
    ['flags', true, true, undefined, 'same', false],
    ['another type', true, 1, undefined, 'not-comparable', false],
    ['a gate that is off', 0.9, 0.1, { ...higher, gate: 'off' }, 'worse', false],
    ['a gate that warns', 0.9, 0.1, { ...higher, gate: 'warn' }, 'worse', true],
  ])('%s', (_, before, after, gate, verdict, broken) => {
    expect(row(before, after, gate)).toMatchObject({ verdict, broken });
  });

  test.each([
    ['a usual one', 0.5, 0.6, { absolute: expect.closeTo(0.1), relative: expect.closeTo(0.2) }],
    ['of a negative', -2, -1, { absolute: 1, relative: 0.5 }],
    ['beyond the doubles', -1.7e308, 1.7e308, {}],
  ])('differences: %s', (_, before, after, expected) => {
    const { absolute, relative } = row(before, after) ?? {};
    expect({ absolute, relative }).toEqual({
      absolute: undefined,
      relative: undefined,
      ...expected,
    });
  });

  test('of 0 there is no relative change', () => {
    expect(row(0, 1)).toMatchObject({ absolute: 1 });
    expect(row(0, 1)).not.toHaveProperty('relative');
  });

  test('integers that no double holds differ by their digits', () => {
    const changed = row('9007199254740993', '9007199254740995');
    expect(changed).toMatchObject({ verdict: 'changed', absolute: 2 });
  });
});

describe('whole files', () => {
  const rows = (before: ReadFile[] | undefined, after: ReadFile[], gates: unknown = {}) =>
    compareMetrics(before, after, readGates(gates).gates);

  test('what breaks a gate comes first, what did not change last', () => {
    const before = { same: 1, better: 0.5, small: 1, warned: 1, large: 1, broken: 1, plain: 1 };
    const after = {
      same: 1,
      better: 0.6,
      small: 1.1,
      warned: 0.9,
      large: 9,
      broken: 0.99,
      plain: 2,
    };
    const gates = {
      better: { better: 'higher' },
      warned: { better: 'higher', gate: 'warn' },
      broken: { better: 'higher' },
    };
    const keys = rows([file(before)], [file(after)], gates).map(({ key }) => key);
    expect(keys).toEqual(['broken', 'warned', 'better', 'large', 'plain', 'small', 'same']);
  });

  test('a mistyped gate does not pass', () => {
    const [first] = rows([file({ accuracy: 1 })], [file({ accuracy: 1 })], { acuracy: { min: 1 } });
    expect(first).toMatchObject({ key: 'acuracy', verdict: 'missing', broken: true });
  });

  test('a pattern may match nothing, and a gate that is off asks for nothing', () => {
    const gates = { 'x*': { min: 1 }, y: { gate: 'off' } };
    expect(rows([file({ a: 1 })], [file({ a: 1 })], gates)).toHaveLength(1);
  });

  test('a file that cannot be read is a row, and breaks gates, patterns included', () => {
    const [first, second] = rows([file({ a: 1 })], [file('{"a": }')], { '*': { min: 0 } });
    expect(first).toMatchObject({
      verdict: 'unreadable',
      broken: true,
      problem: { side: 'after', line: 1 },
    });
    expect(second).toMatchObject({ key: 'a', verdict: 'not-compared', broken: true });
  });

  test('a base that cannot be read is a row, and breaks the gates that need it', () => {
    const read = rows([file('oops')], [file({ a: 1 })], { a: { min: 0 } });
    const found = read.map(({ verdict, broken }) => [verdict, broken]);
    expect(found).toEqual([
      ['unreadable', false],
      ['not-compared', false],
    ]);
    const gates = { a: { better: 'higher' } };
    expect(rows([file('oops')], [file({ a: 1 })], gates)).toContainEqual(
      expect.objectContaining({ key: 'a', verdict: 'not-compared', broken: true }),
    );
  });

  test('without a base all is new', () => {
    expect(rows(undefined, [file({ a: 1 })])).toMatchObject([{ verdict: 'added' }]);
  });

  test('a file that moved keeps its metrics', () => {
    const moved = rows([file({ a: 1, b: 2 }, 'old.json')], [file({ a: 1, b: 3 }, 'new.json')]);
    expect(moved).toMatchObject([
      { key: 'b', verdict: 'changed', renamedFrom: { file: 'old.json', key: 'b' } },
      { key: 'a', verdict: 'same', renamedFrom: { file: 'old.json', key: 'a' } },
    ]);
  });

  test('a metric with a new name and its telling value was renamed', () => {
    expect(rows([file({ acc: 0.9333 })], [file({ accuracy: 0.9333 })])).toMatchObject([
      { key: 'accuracy', verdict: 'same', renamedFrom: { key: 'acc' } },
    ]);
  });

  test('a gate that holds for the old name holds for the new one', () => {
    const { gates } = readGates({ '*_acc': { better: 'higher', min: 0.99 } });
    const before = [file({ val_acc: 0.95123 })];
    expect(compareMetrics(before, [file({ val_accuracy: 0.95123 })], gates)).toMatchObject([
      { key: 'val_accuracy', verdict: 'below-floor', broken: true },
    ]);
  });

  test.each([
    ['a number that tells nothing', { a: 1 }, { b: 1 }],
    ['one old for two new', { a: 0.5 }, { b: 0.5, c: 0.5 }],
    ['two old for one new', { a: 0.5, b: 0.5 }, { c: 0.5 }],
  ])('no renaming is guessed from %s', (_, before, after) => {
    for (const found of rows([file(before)], [file(after)])) {
      expect(found).not.toHaveProperty('renamedFrom');
    }
  });
});

describe('a file that holds one number', () => {
  const gates = readGates({ 'acc.json': { better: 'higher' }, a: { min: 0 } }).gates;

  test('has its gate by the name of the file', () => {
    const rows = compareMetrics([file('0.93', 'acc.json')], [file('0.5', 'acc.json')], gates);
    expect(rows[0]).toMatchObject({ file: 'acc.json', key: '', verdict: 'worse', broken: true });
  });

  test('breaks no gate of another file', () => {
    const rows = compareMetrics(
      [file('0.93', 'n.json'), file({ a: 1 })],
      [file('0.5', 'n.json'), file({ a: 1 })],
      gates.slice(1),
    );
    expect(rows.map(({ file, verdict, broken }) => [file, verdict, broken])).toEqual([
      ['n.json', 'changed', false],
      ['metrics.json', 'same', false],
    ]);
  });

  test('is no other one under a new name', () => {
    const rows = compareMetrics([file('1', 'a.json')], [file('2', 'b.json')], []);
    expect(rows.map(({ verdict }) => verdict).toSorted()).toEqual(['added', 'removed']);
  });
});

test('a gate is not met by a metric of its name in another stage’s file', () => {
  const gate = (file: string) =>
    ({ pattern: 'acc', level: 'fail', min: 0.5, files: [file] }) as const;
  const file = (path: string, values: object) => ({
    path,
    reading: readMetrics(JSON.stringify(values), 'json'),
  });
  const both = [file('a.json', { acc: 0.9 }), file('b.json', { x: 1 })];
  const rows = compareMetrics(both, both, [gate('a.json'), gate('b.json')]);
  expect(rows.filter(({ broken }) => broken)).toMatchObject([{ file: 'b.json', key: 'acc' }]);
});

test.each([
  ['unknown', [{ verdict: 'missing', key: 'per_class.*', broken: true }]],
  ['none', []],
  ['known', []],
] as const)('a pattern that meets no metric where the past is %s', (past, expected) => {
  const gate = { pattern: 'per_class.*', better: 'higher', level: 'fail' } as const;
  const gates = [{ ...gate, files: ['metrics.json'] }];
  const before = past === 'known' ? [] : undefined;
  expect(compareMetrics(before, [], gates, past)).toMatchObject(expected);
});

test.each([
  ['pre_class.*', ['pre_class.*']],
  ['per_class.*', []],
  ['missing', []],
])('a pattern that no metric is one of is known: %s', (pattern, expected) => {
  const gates = [{ pattern, better: 'higher', level: 'fail' }] as const;
  const rows = compareMetrics(undefined, [file({ per_class: { a: 1 } })], gates);
  expect(unmetPatterns(rows, gates, new Set()).map((gate) => gate.pattern)).toEqual(expected);
});
