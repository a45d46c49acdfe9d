import { describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import {
  annotationsOf,
  brokenGates,
  notCompared,
} from '../../../src/report/render/broken-gates.ts';
import type { Report } from '../../../src/report/report.ts';
import { baseCommit, metricRows, report } from '../example-report.ts';

const file = 'metrics/metrics.json';
const unavailable = { found: false, missing: 'unavailable', reason: 'GitHub answers 502' } as const;
const never = { found: false, missing: 'never-ran', reason: 'it never ran' } as const;

/** One metric from 0.93 to what a row says, under a gate. */
function annotated(after: unknown, gate: object, before: unknown = 0.93): string[] {
  const metrics = metricRows({ acc: before }, { acc: after }, { acc: gate });
  return annotationsOf(report({ metrics })).map(({ message }) => message);
}

describe('what GitHub shows beside the lines', () => {
  test.each<[string, unknown, object, string]>([
    ['a floor', 0.8, { min: 0.9 }, 'below its floor (0.93 → 0.8, limit 0.9)'],
    ['a ceiling', 1.5, { max: 1 }, 'above its ceiling (0.93 → 1.5, limit 1)'],
    ['both bounds', 0.8, { min: 0.9, max: 2 }, 'below its floor (0.93 → 0.8, limit 0.9)'],
    ['both, above', 3, { min: 0.9, max: 2 }, 'above its ceiling (0.93 → 3, limit 2)'],
    [
      'a direction',
      0.9,
      { better: 'higher', min: 0.1, max: 2 },
      'worse than its tolerance allows (0.93 → 0.9)',
    ],
    ['a word', 'high', { better: 'higher' }, 'not comparable (0.93)'],
  ])('%s', (_, after, gate, words) => {
    expect(annotated(after, gate)).toEqual([`${file}: acc is ${words}`]);
  });

  test('a metric that nobody has, and one in a file that cannot be read', () => {
    const missing = metricRows({}, {}, { acc: { min: 1 } });
    expect(annotationsOf(report({ metrics: missing })).map(({ message }) => message)).toEqual([
      expect.stringMatching(/acc is missing$/),
    ]);
    const [row] = metricRows({ acc: 1 }, { acc: 0 }, { acc: { better: 'higher' } });
    const problem = { side: 'after', cause: 'no JSON in line 1' } as const;
    const unread = { ...row, verdict: 'unreadable', key: '', problem } as Report['metrics'][number];
    const uncompared = { ...unread, verdict: 'not-compared', problem: undefined } as typeof unread;
    const gone = { ...unread, verdict: 'removed', key: 'acc' } as typeof unread;
    const shown = annotationsOf(report({ metrics: [unread, uncompared, gone] }));
    expect(shown.map(({ message }) => message)).toEqual([
      `${file} is not to be read (1 → 0, no JSON in line 1)`,
      `${file} is not compared (1 → 0)`,
      `${file}: acc is removed (1 → 0, no JSON in line 1)`,
    ]);
  });

  test('broken gates alone, failing ones first, ten of a kind, from the repository’s root', () => {
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const all = (value: number) => Object.fromEntries(names.map((name) => [name, value]));
    const gates = Object.fromEntries(
      names.map((name) => [name, { min: 1, gate: name === 'm3' ? 'warn' : 'fail' }]),
    );
    const metrics = metricRows(
      { ...all(1), fine: 1, off: 1 },
      { ...all(0), fine: 0.5, off: 0 },
      { ...gates, fine: { min: 0.2 }, off: { min: 1, gate: 'off' } },
    );
    const found = annotationsOf(report({ metrics, pipeline: 'iris/dvc.yaml' }));
    expect(found.map(({ level }) => level)).toEqual([...Array(10).fill('failure'), 'warning']);
    expect(found.every(({ message }) => / m\d+ is below/.test(message))).toBe(true);
    expect(found.at(-1)).toMatchObject({ message: expect.stringContaining(': m3 is below') });
    expect(new Set(found.map((one) => one.file))).toEqual(new Set([`iris/${file}`]));
  });
});

describe('why a report fails', () => {
  const metrics = metricRows(
    { a: 1, b: 1, c: 1, d: 1 },
    { a: 0, b: 0, c: 0, d: 1 },
    { a: { min: 1 }, b: { min: 1, gate: 'warn' }, c: { better: 'higher' }, d: { min: 0 } },
  );

  test('for each gate that fails it, and for no other', () => {
    const { failure } = brokenGates(report({ metrics }));
    expect(failure.kind).toBe('gate');
    const [, list = ''] = /^a gate is broken: (.*)$/.exec(failure.cause) ?? [];
    expect(list.split('; ').map((one) => / (.) is /.exec(one)?.[1])).toEqual(['a', 'c']);
    expect(failure.hint).toMatch(/^The report has the values/);
  });

  test('for a stage, in its own words', () => {
    const { failure } = brokenGates(
      report({ metrics, outcome: 'failed', failure: 'train failed' }),
    );
    expect(failure).toMatchObject({ kind: 'stage', cause: 'train failed' });
  });

  test.each<[string, Report['base'], string[]]>([
    ['one was found', { found: true, commit: baseCommit }, ['The report has']],
    ['it never ran', never, ['The report has']],
    ['it cannot be had', unavailable, ['GitHub answers 502', 'The report has']],
    [
      'it cannot be had, and what helps is known',
      { ...unavailable, remedy: 'git fetch --unshallow' },
      ['GitHub answers 502', 'git fetch --unshallow', 'The report has'],
    ],
  ])('the hint says of the base that %s', (_, base, lines) => {
    const hint = brokenGates(report({ metrics, base })).failure.hint?.split('\n') ?? [];
    expect(hint).toEqual(lines.map((line) => expect.stringContaining(line)));
  });
});

test.each<[string, Report['base'], string | undefined]>([
  ['a base', { found: true, commit: baseCommit }, undefined],
  ['a base that never ran', never, undefined],
  ['one that cannot be had', unavailable, 'sibling report --base REVISION'],
  ['one that can be fetched', { ...unavailable, remedy: 'git fetch' }, 'git fetch'],
])('with %s the command fails only if there may be one', (_, base, hint) => {
  const failure = notCompared(report({ base }));
  if (hint === undefined) {
    expect(failure).toBeUndefined();
    return;
  }
  expect(failure).toBeInstanceOf(ExpectedFailure);
  expect(failure?.failure).toMatchObject({
    kind: 'uncompared',
    cause: expect.stringContaining('GitHub answers 502'),
    hint: expect.stringContaining(hint),
  });
});
