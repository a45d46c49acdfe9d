import { describe, expect, test } from '@jest/globals';
import { readGates } from '../../../src/metrics/gates.ts';
import { readMetrics } from '../../../src/metrics/read.ts';
import { scalarValue } from '../../../src/metrics/value.ts';
import { compareMetrics } from '../../../src/report/compare/metrics.ts';
import { hiddenReport } from '../../../src/report/file/hidden.ts';
import { parseReport } from '../../../src/report/file/parse.ts';
import { renderHtml } from '../../../src/report/render/html/render.ts';
import { renderMarkdown } from '../../../src/report/render/markdown/render.ts';
import { keepSecret } from '../../../src/secrets/known.ts';
import { secretHider } from '../../../src/secrets/secrets.ts';
import { situations } from '../golden-situations.ts';

const long = `github_pat_${'11ABCDEFG0x1Y2z3'.repeat(20)}`;
const secrets = ['a&b<c>9"xyz|q', '`tick\\|pipe`s3cret', '0x123-456', long];

describe('what is secret', () => {
  test('is hidden in each form of the report, however a text is escaped or cut there', () => {
    keepSecret(Object.fromEntries(secrets.map((secret, at) => [`S${at}_TOKEN`, secret])));
    for (const { report } of situations) {
      for (const secret of secrets) {
        const told = {
          ...report,
          failure: `it said ${secret}`,
          notes: [`of ${secret}`],
          params: [
            {
              file: `p-${secret}.yaml`.slice(0, 900),
              key: 'key',
              after: scalarValue(`${'x'.repeat(150)}${secret}`),
              change: 'added' as const,
            },
          ],
        };
        const shown = hiddenReport(told);
        const forms = [
          JSON.stringify(shown),
          renderMarkdown(shown).text,
          renderHtml(shown, []),
        ].map((text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))));
        for (const form of forms) {
          expect(form).not.toContain(secret);
          expect(form).not.toContain(secret.slice(0, 12));
        }
      }
    }
  });

  test.each(situations)(
    'leaves a report that can be read, whichever of its texts it is: $name',
    ({ report }) => {
      const json = JSON.stringify(report).slice(0, 20_000);
      const texts = new Set(json.match(/[A-Za-z_./-]{6,40}|\d{6,}/g));
      expect(texts.size).toBeGreaterThan(20);
      for (const secret of [...texts].slice(0, 150)) {
        const shown = hiddenReport(report, secretHider({ ODD_TOKEN: secret }));
        const read = parseReport(JSON.stringify(shown), `with the secret ${secret}`);
        expect(read.pipeline).toBe(report.pipeline);
      }
    },
  );

  test('takes part in comparisons and gates as it is: it is hidden afterwards', () => {
    keepSecret(
      { BASELINE: 'model_v1', CHALLENGER: 'model_v2' },
      { names: ['BASELINE', 'CHALLENGER'], publicText: '' },
    );
    const file = (metrics: object) => ({
      path: 'metrics.json',
      reading: readMetrics(JSON.stringify(metrics), 'json'),
    });
    const before = { model_v1: { acc: 0.9 }, model_v2: { acc: 0.5 }, best: 'model_v1' };
    const now = { best: 'model_v2', model_v2: { acc: 0.9 }, model_v1: { acc: 0.5 } };
    const { gates } = readGates({ '*.acc': { better: 'higher' } });
    const rows = compareMetrics([file(before)], [file(now)], gates);
    expect(rows.map(({ key, verdict, broken }) => [key, verdict, broken])).toEqual([
      ['model_v1.acc', 'worse', true],
      ['model_v2.acc', 'improved', false],
      ['best', 'changed', false],
    ]);
  });
});
