import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { zipFile } from '../../../src/github/artifact/zip-file.ts';
import { fitReport } from '../../../src/report/file/fit.ts';
import { maxReportLength, parseReport } from '../../../src/report/file/parse.ts';
import type { Report } from '../../../src/report/report.ts';
import { metricRows, paramRows, report } from '../example-report.ts';

const many = (count: number, name = 'metric') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name} ${at}`, at + 0.5]));
const read = (whole: Report) => parseReport(fitReport(whole), 'report.json');

describe('a report that is handed on', () => {
  test('is whole where it fits', () => {
    const small = report({ metrics: metricRows(many(300), many(300)) });
    expect(read(small)).toEqual(small);
  });

  test.each([
    ['6,000 metrics', { metrics: metricRows(many(6_000), many(6_000)) }],
    ['9,000 params', { params: paramRows({}, many(9_000, 'a parameter with a long name')) }],
    ['names of four bytes a letter', { metrics: metricRows({}, many(4_000, '🌊'.repeat(60))) }],
    ['many notes', { metrics: metricRows({}, many(9_000)), notes: Array(50).fill('a note') }],
  ])('is cut where it has %s, and says so', (_, parts) => {
    const text = fitReport(report(parts));
    expect(Buffer.byteLength(text)).toBeGreaterThan(maxReportLength * 0.8);
    expect(zipFile('report.json', Buffer.from(text)).length).toBeLessThan(maxReportLength);
    const { notes } = parseReport(text, 'report.json');
    expect(notes[0]).toMatch(/is cut: \d+ (?:metrics|params) are left out/);
  });

  test('keeps the rows that break a gate', () => {
    const metrics = metricRows(
      many(5_000),
      { ...many(5_000), 'metric 4999': 0 },
      {
        'metric 4999': { min: 1 },
      },
    );
    expect(read(report({ metrics })).metrics.filter(({ broken }) => broken)).toHaveLength(1);
  });
});

describe('what one part of the code writes, and another takes', () => {
  test('a long reason of a stage that failed is cut, and says so', () => {
    const row = { name: 'train', outcome: 'failed', reason: 'x'.repeat(3_417) } as const;
    const [stage] = read(report({ stages: [row] })).stages;
    expect(stage?.reason).toMatch(/^x{1990}.*… \(cut\)$/);
    expect(stage?.reason).toHaveLength(2_000);
  });

  test('of too many links the first stay, and a note tells', () => {
    const links = Array.from({ length: 130 }, (_, at) => ({
      ...{ kind: 'mlflow-run' as const, url: `https://example.org/${at}` },
    }));
    const { links: kept, notes } = read(report({ links }));
    expect(kept).toEqual(links.slice(0, 100));
    expect(notes).toEqual(['The report has no room for all: 30 of links are left out.']);
  });

  test('texts and lists of any length', () => {
    const long = fc
      .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), fc.nat({ max: 5_000 }))
      .map(([unit, length]) => unit.repeat(1 + Math.floor(length / unit.length)));
    const someOf = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 120 });
    const outcome = fc.constantFrom('failed' as const, 'ran' as const);
    const link = long.map((text) => `https://example.org/${encodeURIComponent(text)}`);
    const parts = fc.record({
      ...{ pipeline: long, failure: long, unread: long, notes: someOf(long) },
      stages: fc.array(fc.record({ name: long, outcome, reason: long, image: long }), {
        maxLength: 9,
      }),
      links: someOf(fc.record({ kind: fc.constant('mlflow-run' as const), url: link, name: long })),
      metrics: fc.tuple(long, long).map(([key, path]) => metricRows({}, { [key]: 1 }, {}, path)),
      plots: fc.array(
        fc.record({ kind: fc.constant('other' as const), title: long, path: long, note: long }),
        { maxLength: 9 },
      ),
      head: fc.record({ ref: long }),
      uncomparedPlots: someOf(long),
    });
    fc.assert(
      fc.property(parts, (given) => {
        expect(read(report(given)).stages).toHaveLength(given.stages.length);
      }),
      { numRuns: 60 },
    );
  });
});
