import { describe, expect, test } from '@jest/globals';
import { fitReport } from '../../src/report/fit-report.ts';
import { maxReportLength, parseReport } from '../../src/report/parse-report.ts';
import type { Report } from '../../src/report/report.ts';
import { zipFile } from '../../src/report/zip-file.ts';
import { metricRows, paramRows, report } from './example-report.ts';

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
