import { describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import { maxReportLength, parseReport } from '../../../src/report/file/parse.ts';
import { metricRows, paramRows, report } from '../example-report.ts';

const whole = report({
  metrics: metricRows({ a: 0.5, gone: 1 }, { a: 0.4, b: [1, 2] }, { a: { better: 'higher' } }),
  params: paramRows({ lr: 0.1 }, { lr: 0.2 }),
  data: [{ path: 'x', kind: 'out', before: { hash: 'a', size: 1 }, change: 'removed' }],
  stages: [{ name: 'train', outcome: 'ran', seconds: 1.5, image: 'sha256:0', reason: 'never ran' }],
  links: [{ kind: 'run', url: 'https://github.com/o/r/actions/runs/1' }],
});

function refusal(text: string): string {
  try {
    parseReport(text, 'report.json');
  } catch (error) {
    if (error instanceof ExpectedFailure) {
      expect(error.failure).toMatchObject({ kind: 'github', place: { file: 'report.json' } });
      return error.failure.cause;
    }
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a report from elsewhere', () => {
  test('reads back as it was written', () => {
    expect(parseReport(JSON.stringify(whole), 'report.json')).toEqual(whole);
  });

  test('a verdict cannot contradict its values', () => {
    const [first, ...rest] = whole.metrics;
    expect(first).toMatchObject({ key: 'a', verdict: 'worse', broken: true });
    const forged = { ...first, verdict: 'improved', broken: false, relative: 1, importance: 0 };
    const read = parseReport(
      JSON.stringify({ ...whole, metrics: [forged, ...rest] }),
      'report.json',
    );
    expect(read.metrics).toEqual(whole.metrics);
  });

  test('a gate that needs a base does not hold without one, whatever the report says', () => {
    const base = { found: false, missing: 'unavailable', reason: 'no answer' };
    const metrics = metricRows(undefined, { a: 0.4 }, { a: { better: 'higher' } });
    const forged = { ...metrics[0], verdict: 'same', broken: false, importance: 0 };
    const text = JSON.stringify({ ...whole, base, metrics: [forged] });
    expect(parseReport(text, 'report.json').metrics).toMatchObject([
      { verdict: 'not-compared', broken: true },
    ]);
  });

  test.each<[string, object, string]>([
    ['an unknown field', { html: '<script>' }, 'html'],
    [
      'an unknown field in a row',
      { metrics: [{ ...whole.metrics[0], html: '' }] },
      'metrics.0.html',
    ],
    ['another version', { version: 2 }, 'version 2'],
    ['no version', { version: undefined }, 'version'],
    [
      'a verdict of its own',
      { metrics: [{ ...whole.metrics[0], verdict: 'great' }] },
      'metrics.0.verdict',
    ],
    [
      'a value of another type',
      { metrics: [{ ...whole.metrics[0], after: 5 }] },
      'metrics.0.after',
    ],
    ['a very long name', { pipeline: 'x'.repeat(201) }, 'pipeline'],
    ['a script address', { links: [{ kind: 'run', url: 'javascript:alert(1)' }] }, 'links.0.url'],
    ['an address with a user', { links: [{ kind: 'run', url: 'https://a@b.c/' }] }, 'links.0.url'],
    ['a commit that is none', { head: { commit: 'main' } }, 'head.commit'],
    ['too many notes', { notes: Array(51).fill('') }, 'notes'],
  ])('is refused for %s', (_, part, field) => {
    expect(refusal(JSON.stringify({ ...whole, ...part }))).toContain(field);
  });

  test.each([
    ['too long', ' '.repeat(maxReportLength + 1), 'more than'],
    ['not JSON', '{', 'not JSON'],
    ['null', 'null', 'the report'],
    ['a list', '[]', 'the report'],
    ['a field with a hostile name', '{"@everyone <b>": 1, "version": 1}', ''],
  ])('is refused when it is %s', (_, text, cause) => {
    expect(refusal(text)).toContain(cause);
    expect(refusal(text)).not.toContain('everyone');
  });

  test('a number that JSON cannot hold is refused', () => {
    const text = JSON.stringify(whole).replace('"value":0.4', '"value":1e999');
    expect(refusal(text)).toContain('metrics.0.after');
  });
});
