import { describe, expect, test } from '@jest/globals';
import { changeText, conclusionOf, verdictLine } from '../../../src/report/render/verdict-line.ts';
import type { MetricRow, Report } from '../../../src/report/report.ts';
import { baseCommit, metricRows, paramRows, report } from '../example-report.ts';

const plain = (text: string) => text;
const line = (parts: Partial<Report>) => verdictLine(report(parts), plain);
const higher = { better: 'higher' };
const unavailable = {
  found: false,
  missing: 'unavailable',
  reason: 'GitHub answers 502',
  remedy: 'try again',
} as const;
const never = { found: false, missing: 'never-ran', reason: 'it never ran' } as const;
const self = { found: true, commit: baseCommit, self: { words: 'this is main' } } as const;
const same = metricRows({ a: 1 }, { a: 1 });
const better = metricRows({ a: 1 }, { a: 2 }, { a: higher });
const worse = metricRows({ a: 2 }, { a: 1 }, { a: higher });
const worseWarned = metricRows({ a: 2 }, { a: 1 }, { a: { ...higher, gate: 'warn' } });
const oneRow = (parts: Partial<MetricRow>): Report['metrics'] => [
  { ...(metricRows({ a: 1 }, { a: 2 })[0] as MetricRow), ...parts },
];
const unreadParam = [{ file: 'params.yaml', key: '', change: 'unreadable' }] as const;
const params = paramRows({ lr: 1 }, { lr: 2 });
const data = (kind: 'out' | 'source', path: string) => ({ path, kind, change: 'changed' }) as const;
const stage = (name: string, outcome: Report['stages'][number]['outcome']) => ({ name, outcome });

describe('what a report concludes', () => {
  test.each<[string, Partial<Report>, string]>([
    ['nothing changed', { metrics: same }, 'success'],
    ['a metric is better', { metrics: better }, 'success'],
    ['a metric is worse', { metrics: worse }, 'failure'],
    ['a gate that warns is broken', { metrics: worseWarned }, 'warning'],
    ['a gate that fails and one that warns', { metrics: [...worseWarned, ...worse] }, 'failure'],
    ['a broken row without a gate', { metrics: oneRow({ broken: true }) }, 'warning'],
    [
      'the gate is whole',
      { metrics: oneRow({ gate: { pattern: 'a', level: 'fail' } }) },
      'success',
    ],
    ['a file cannot be read', { metrics: oneRow({ verdict: 'unreadable' }) }, 'warning'],
    ['a value is no number', { metrics: oneRow({ verdict: 'not-comparable' }) }, 'warning'],
    ['a value is not compared', { metrics: oneRow({ verdict: 'not-compared' }) }, 'warning'],
    ['one of several is doubtful', { metrics: [...same, ...oneRow({ broken: true })] }, 'warning'],
    ['the pipeline failed', { outcome: 'failed', metrics: better }, 'failure'],
    ['there is no base, and may be one', { base: unavailable, metrics: same }, 'warning'],
    ['there is no base yet', { base: never, metrics: same }, 'success'],
    ['something was not read', { metrics: same, unread: 'dvc.lock' }, 'warning'],
    ['params were not read', { metrics: same, params: [...unreadParam] }, 'warning'],
    ['HEAD is compared with itself', { base: self, metrics: same }, 'warning'],
    ['and has edits', { base: self, metrics: better }, 'success'],
    ['and has other params', { base: self, metrics: same, params }, 'success'],
    ['and has both', { base: self, params, data: [data('out', 'model')] }, 'success'],
    ['and has other data', { base: self, data: [data('out', 'model')] }, 'success'],
  ])('%s', (_, parts, conclusion) => {
    expect(conclusionOf(report(parts))).toBe(conclusion);
  });
});

describe('the verdict in a line', () => {
  test.each<[string, Partial<Report>, string]>([
    ['nothing', {}, 'no metrics, nor anything else'],
    ['no change', { metrics: same }, 'no metric changed, nor anything else'],
    [
      'a metric of several files',
      {
        metrics: [
          ...metricRows({ a: 1 }, { a: 2 }),
          ...same.map((row) => ({ ...row, file: 'de.json' })),
        ],
      },
      'a of metrics/metrics.json 1 → 2 (+100\u00a0%)',
    ],
    ['files alike', { alike: ['m.json'] }, 'no metric changed, nor anything else'],
    [
      'all but metrics',
      {
        params: [...params, ...paramRows({ b: 1, c: 1 }, { b: 2, c: 2 })],
        data: [data('out', 'model'), data('source', 'a.py'), data('source', 'b.py')],
      },
      'no metrics; 3 parameters, 1 output, 2 sources did',
    ],
    ['a param', { metrics: same, params }, 'no metric changed; 1 parameter did'],
    ['unread', { unread: 'dvc.lock' }, 'no metrics, not all could be read: dvc.lock'],
    ['params', { params: [...unreadParam] }, 'no metrics, params.yaml cannot be read'],
    [
      'no more than three files',
      { params: ['a', 'b', 'c', 'd'].map((file) => ({ ...unreadParam[0], file })) },
      'no metrics, a cannot be read, b cannot be read, c cannot be read',
    ],
    [
      'plots',
      { metrics: same, uncomparedPlots: ['a'] },
      'no metric changed, nor anything else, 1 plot not compared',
    ],
    [
      'two plots',
      { uncomparedPlots: ['a', 'b'] },
      'no metrics, nor anything else, 2 plots not compared',
    ],
    ['no plot', { uncomparedPlots: [] }, 'no metrics, nor anything else'],
    ['better', { metrics: better }, 'a 1 → 2 (+100\u00a0%)'],
    ['worse', { metrics: worse }, 'a 2 → 1 (-50\u00a0%), worse than its gate allows'],
    [
      'worse, and within its bounds',
      { metrics: metricRows({ a: 2 }, { a: 1 }, { a: { ...higher, min: 0, max: 5 } }) },
      'a 2 → 1 (-50\u00a0%), worse than its gate allows',
    ],
    ['one other', { metrics: [...better, ...worse] }, 'a 1 → 2 (+100\u00a0%), 1 metric worse'],
    [
      'worse, but its gate is off',
      { metrics: metricRows({ a: 2 }, { a: 1 }, { a: { ...higher, gate: 'off' } }) },
      'a 2 → 1 (-50\u00a0%)',
    ],
    [
      'a floor',
      { metrics: metricRows({ a: 0.9 }, { a: 0.8 }, { a: { min: 0.85, max: 2 } }) },
      'a 0.9 → 0.8 (-11.1\u00a0%), below 0.85',
    ],
    [
      'a ceiling',
      { metrics: metricRows({ a: 1 }, { a: 3 }, { a: { min: 0, max: 2 } }) },
      'a 1 → 3 (+200\u00a0%), above 2',
    ],
    [
      'a floor that needs its digits',
      { metrics: metricRows({ a: 0.9 }, { a: 0.85 }, { a: { min: 0.85001 } }) },
      'a 0.9 → 0.85 (-5.6\u00a0%), below 0.85001',
    ],
    [
      'equal and below',
      { metrics: metricRows({ a: 1 }, { a: 1 }, { a: { min: 2 } }) },
      'a 1, below 2',
    ],
    ['from zero', { metrics: metricRows({ a: 0 }, { a: 1 }) }, 'a 0 → 1'],
    ['new', { metrics: metricRows({}, { a: 1 }) }, 'new: a 1'],
    ['gone', { metrics: metricRows({ a: 1 }, {}) }, 'a is gone'],
    ['missing', { metrics: metricRows({}, {}, { a: { min: 1 } }) }, 'a has a gate but no value'],
    ['words', { metrics: metricRows({ a: 'x' }, { a: 'y' }) }, 'a is y'],
    [
      'a word for a number',
      { metrics: metricRows({ a: 1 }, { a: 'y' }) },
      'a is y, not comparable',
    ],
    ['a number for a word', { metrics: metricRows({ a: 'y' }, { a: 1 }) }, 'a 1'],
    [
      'a file that cannot be read',
      {
        metrics: oneRow({
          after: undefined,
          verdict: 'unreadable',
          key: '',
          file: 'm.json',
        } as object),
      },
      'm.json cannot be read',
    ],
    [
      'nothing known of it',
      { metrics: oneRow({ after: undefined, verdict: 'not-compared' } as object) },
      'a is not compared',
    ],
    [
      'a number not compared',
      { metrics: oneRow({ verdict: 'not-compared' }) },
      'a 1 → 2 (+100\u00a0%), not compared',
    ],
    ['the same in another row', { metrics: oneRow({ verdict: 'within', absolute: 0 }) }, 'a 1 → 2'],
    [
      'several',
      { metrics: [...better, ...worse, ...worse, ...same, ...metricRows({}, { n: 1 })] },
      'a 1 → 2 (+100\u00a0%), 2 metrics worse, 1 new',
    ],
    [
      'every kind of verdict once',
      {
        metrics: (
          [
            ...['changed', 'below-floor', 'above-ceiling', 'worse', 'unreadable', 'missing'],
            ...['not-comparable', 'not-compared', 'removed', 'improved', 'changed', 'added'],
            ...['within', 'same'],
          ] as MetricRow['verdict'][]
        ).flatMap((verdict) => oneRow({ verdict })),
      },
      'a 1 → 2 (+100\u00a0%), 2 metrics beyond its limit, 1 worse, 1 unreadable, 1 missing, 1 not comparable, 1 not compared, 1 better, 1 changed, 1 within tolerance, 1 new, 1 removed',
    ],
  ])('%s', (_, parts, text) => {
    expect(line(parts)).toBe(text);
  });

  test.each<[string, Partial<Report>, string]>([
    ['nobody knows where', {}, 'the pipeline failed'],
    [
      'in stages',
      { stages: [stage('a', 'failed'), stage('b', 'ran'), stage('c', 'failed')] },
      'the pipeline failed in a, c',
    ],
    [
      'in many',
      { stages: ['a', 'b', 'c', 'd'].map((name) => stage(name, 'failed')) },
      'the pipeline failed in a, b, c',
    ],
    [
      'before stages',
      { stages: [stage('a', 'ran'), stage('b', 'skipped')] },
      'not all stages ran: b did not',
    ],
    [
      'with both',
      { stages: [stage('a', 'skipped'), stage('b', 'failed')] },
      'the pipeline failed in b',
    ],
    ['with changes', { params }, 'the pipeline failed, no metrics; 1 parameter did'],
    ['with metrics', { metrics: better }, 'the pipeline failed, a 1 → 2 (+100\u00a0%)'],
  ])('a pipeline that failed: %s', (_, parts, text) => {
    expect(line({ outcome: 'failed', ...parts })).toBe(text);
  });

  test.each<[string, Partial<Report>, string]>([
    ['never ran', { base: never }, 'nothing to compare with: it never ran'],
    ['cannot be had', { base: unavailable }, 'not compared: GitHub answers 502 (try again)'],
    [
      'never ran, with values',
      { base: never, metrics: metricRows(undefined, { a: 1, b: 'x' }) },
      'nothing to compare with: it never ran, a 1, b x',
    ],
    [
      'never ran, with many values',
      { base: never, metrics: metricRows(undefined, { a: 1, b: 2, c: 3, d: 4 }) },
      'nothing to compare with: it never ran, a 1, b 2, c 3',
    ],
    [
      'never ran, and a file cannot be read',
      {
        base: never,
        metrics: oneRow({
          after: undefined,
          verdict: 'unreadable',
          key: '',
          file: 'm.json',
        } as object),
      },
      'nothing to compare with: it never ran, m.json cannot be read',
    ],
    [
      'never ran, and more files cannot be read than are told',
      {
        base: never,
        metrics: ['a', 'b', 'c', 'd'].flatMap((file) =>
          oneRow({ after: undefined, verdict: 'unreadable', key: '', file } as object),
        ),
      },
      'nothing to compare with: it never ran, a cannot be read, b cannot be read, c cannot be read',
    ],
    [
      'is needed by a gate',
      { base: unavailable, metrics: oneRow({ verdict: 'not-compared', broken: true }) },
      'not compared: GitHub answers 502 (try again), a 2, 1 gate needs the base',
    ],
    [
      'is needed by gates',
      {
        base: unavailable,
        metrics: [
          ...oneRow({ verdict: 'not-compared', broken: true }),
          ...oneRow({ verdict: 'not-compared', broken: true }),
        ],
      },
      'not compared: GitHub answers 502 (try again), a 2, a 2, 2 gates need the base',
    ],
    [
      'never ran, and a floor is broken',
      { base: never, metrics: metricRows(undefined, { a: 1 }, { a: { min: 2 } }) },
      'nothing to compare with: it never ran, a 1, below 2',
    ],
    ['is HEAD itself', { base: self, metrics: same }, 'nothing to tell: this is main'],
    [
      'is HEAD itself, with edits',
      { base: self, metrics: better },
      'a 1 → 2 (+100\u00a0%), since HEAD itself',
    ],
    [
      'is HEAD itself, with params',
      { base: self, metrics: same, params },
      'no metric changed; 1 parameter did: this is main',
    ],
    [
      'is HEAD itself, and another can be had',
      { base: { ...self, self: { ...self.self, remedy: 'use --base' } }, metrics: same },
      'nothing to tell: this is main (use --base)',
    ],
  ])('a base that %s', (_, parts, text) => {
    expect(line(parts)).toBe(text);
  });

  test('quotes what comes from files', () => {
    const quote = (text: string) => `<${text}>`;
    const quoted = (parts: Partial<Report>) => verdictLine(report(parts), quote);
    expect(quoted({ metrics: metricRows({ a: 'x' }, { a: 'y' }) })).toBe('<a> is <y>');
    expect(quoted({ base: unavailable })).toBe('not compared: <GitHub answers 502> (<try again>)');
    expect(quoted({ unread: 'x', params: [...unreadParam] })).toMatch(/<x>, <params.yaml> cannot/);
    const stages = [stage('a', 'failed')];
    expect(quoted({ outcome: 'failed', stages })).toBe('the pipeline failed in <a>');
  });
});

test.each([
  [{ absolute: 0.034, relative: 0.036 }, '+0.034 (+3.6\u00a0%)'],
  [{ absolute: -1 }, '-1'],
  [{ absolute: 0, relative: 0 }, ''],
  [{}, ''],
])('the change %j is told as "%s"', (row, text) => {
  expect(changeText(row)).toBe(text);
});
