import { describe, expect, test } from '@jest/globals';
import { gateOf, readGates } from '../../src/metrics/gates.ts';
import { matchesGlob } from '../../src/metrics/glob.ts';

const tolerance = (value: unknown) => ({ acc: { better: 'higher', tolerance: value } });
const share = (relative: number) => ({ tolerance: { relative } });

describe('reading gates', () => {
  test.each([
    ['defaults', { better: 'higher' }, { better: 'higher', level: 'fail' }],
    [
      'everything',
      { better: 'lower', tolerance: 0.01, min: 0, max: 2, gate: 'warn' },
      { better: 'lower', tolerance: { absolute: 0.01 }, min: 0, max: 2, level: 'warn' },
    ],
    ['a share', { better: 'higher', tolerance: '1.5%' }, { tolerance: { relative: 0.015 } }],
    [
      'both tolerances',
      { better: 'higher', tolerance: [0.001, '2 %'] },
      { tolerance: { absolute: 0.001, relative: 0.02 } },
    ],
    ['off', { gate: 'off' }, { level: 'off' }],
    ['a bare off of YAML 1.1', { gate: false }, { level: 'off' }],
    ['a floor alone', { min: 0.9 }, { min: 0.9, level: 'fail' }],
    ['a level that is the default too', { min: 0.9, gate: 'fail' }, { min: 0.9, level: 'fail' }],
    ['one value that passes', { min: 1, max: 1 }, { min: 1, max: 1 }],
    ['no tolerance', { better: 'lower', tolerance: 0 }, { tolerance: { absolute: 0 } }],
    ['a share of several digits', { better: 'lower', tolerance: '12.25 %' }, share(0.1225)],
    ['a share without a whole', { better: 'lower', tolerance: '.125%' }, share(0.00125)],
  ])('%s', (_, declared, gate) => {
    const { gates, problems } = readGates({ accuracy: declared });
    expect(problems).toEqual([]);
    expect(gates).toEqual([expect.objectContaining({ pattern: 'accuracy', ...gate })]);
  });

  test.each<[string, unknown, string[], string]>([
    ['not a map', ['accuracy'], [], 'map from metric names'],
    ['a gate that is no map', { acc: 'higher' }, ['acc'], '{better: higher'],
    ['an unknown key', { acc: { beter: 'higher' } }, ['acc', 'beter'], 'Did you mean better?'],
    ['a far key', { acc: { wobble: 1 } }, ['acc', 'wobble'], 'better, tolerance, min, max, gate'],
    ['an inherited key', { acc: { constructor: 1 } }, ['acc', 'constructor'], 'The keys of a gate'],
    ['a direction', { acc: { better: 'up' } }, ['acc', 'better'], 'higher or lower'],
    [
      'a negative tolerance',
      { acc: { better: 'higher', tolerance: -1 } },
      ['acc', 'tolerance'],
      '1%',
    ],
    [
      'a text as tolerance',
      { acc: { better: 'higher', tolerance: '1' } },
      ['acc', 'tolerance'],
      '1%',
    ],
    ['two shares, one of them none', tolerance([0.1, 'x']), ['acc', 'tolerance'], '1%'],
    ['no share in a list', tolerance([]), ['acc', 'tolerance'], '1%'],
    ['more before a share', tolerance('about 1%'), ['acc', 'tolerance'], '1%'],
    ['more after a share', tolerance('1%-2%'), ['acc', 'tolerance'], '1%'],
    ['a share of letters', tolerance('.x%'), ['acc', 'tolerance'], '1%'],
    ['a gate of nothing', { acc: null }, ['acc'], '{better: higher'],
    ['a ceiling in words', { acc: { max: '0.9' } }, ['acc', 'max'], 'It takes a number.'],
    ['a floor in words', { acc: { min: '0.9' } }, ['acc', 'min'], 'a number'],
    ['an infinite floor', { acc: { min: Number.POSITIVE_INFINITY } }, ['acc', 'min'], 'a number'],
    ['a level', { acc: { min: 1, gate: 'error' } }, ['acc', 'gate'], 'fail, warn or off'],
    ['a tolerance of nothing', { acc: { min: 1, tolerance: 1 } }, ['acc'], 'Add better'],
    ['an empty range', { acc: { min: 2, max: 1 } }, ['acc'], 'swap'],
    ['nothing to check', { acc: {} }, ['acc'], 'Add better'],
    ['no name', { '': { min: 1 } }, [''], 'Name one metric'],
  ])('%s is a problem with its path', (_, metrics, path, hint) => {
    const { gates, problems } = readGates(metrics);
    expect(gates).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({ path, hint: expect.stringContaining(hint) }),
    ]);
  });
});

test.each([
  ['a long value', 'x'.repeat(500)],
  ['no value at all', undefined],
])('%s is told in a short line', (_, value) => {
  const { problems } = readGates({ acc: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]?.cause).toMatch(/^it is (?:"xxx|undefined$)/);
  expect(problems[0]?.cause.length).toBeLessThan(120);
});

describe('the gate of a metric', () => {
  const { gates } = readGates({
    'f1.*': { better: 'higher' },
    'f1.setosa': { min: 0.5 },
    '*': { better: 'lower' },
  });
  const elsewhere = readGates({ accuracy: { min: 1 } }, ['other.json']).gates;

  test.each([
    ['f1.setosa', 'f1.setosa'],
    ['f1.virginica', 'f1.*'],
    ['loss', '*'],
    ['accuracy', '*'],
  ])('%s has that of %s', (key, pattern) => {
    expect(gateOf([...elsewhere, ...gates], 'metrics.json', key)?.pattern).toBe(pattern);
  });

  test('a gate holds in the files of its stage', () => {
    expect(gateOf(elsewhere, 'other.json', 'accuracy')?.min).toBe(1);
    expect(gateOf(elsewhere, 'metrics.json', 'accuracy')).toBeUndefined();
  });
});

test.each([
  ['*', '', true],
  ['a*c', 'abbc', true],
  ['a*c', 'abbcd', false],
  ['*.f1', 'a.b.f1', true],
  ['a?', 'ab', true],
  ['a?', 'a', false],
  ['a**b', 'ab', true],
  ['[a]', '[a]', true],
  ['[a]', 'a', false],
])('the pattern %s on %s: %s', (pattern, text, matches) => {
  expect(matchesGlob(pattern, text)).toBe(matches);
});

test('a hostile pattern takes no time', () => {
  const start = performance.now();
  expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(200))).toBe(false);
  expect(performance.now() - start).toBeLessThan(100);
});
