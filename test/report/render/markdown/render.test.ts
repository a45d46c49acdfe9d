import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareMetrics } from '../../../../src/report/compare/metrics.ts';
import { renderMarkdown } from '../../../../src/report/render/markdown/render.ts';
import { conclusionOf } from '../../../../src/report/render/verdict-line.ts';
import type { Report } from '../../../../src/report/report.ts';
import { metricRows, paramRows, report } from '../../example-report.ts';
import { fuzzCases, hostileText, structure } from '../../hostile-text.ts';

const higher = { better: 'higher' };
const lower = { better: 'lower' };

function firstLine(parts: Partial<Report>): string {
  return renderMarkdown(report(parts)).text.split('\n')[0] ?? '';
}

describe('the first line', () => {
  const acc = { accuracy: higher };

  test.each<[string, Partial<Report>, string]>([
    [
      'an improvement',
      {
        metrics: metricRows({ accuracy: 0.9333, loss: 0.1 }, { accuracy: 0.9667, loss: 0.2 }, acc),
      },
      '### ✅ `accuracy` 0.933 → 0.967 (+3.6\u00a0%), 1 metric changed',
    ],
    [
      'a broken gate',
      {
        metrics: metricRows(
          { accuracy: 0.96, f1: 0.9, n: 1 },
          { accuracy: 0.91, f1: 0.95, n: 2 },
          { ...acc, f1: higher },
        ),
      },
      '### ❌ `accuracy` 0.96 → 0.91 (-5.2\u00a0%), worse than its gate allows, 1 metric better, 1 changed',
    ],
    [
      'a gate that warns',
      { metrics: metricRows({ loss: 0.1 }, { loss: 0.2 }, { loss: { ...lower, gate: 'warn' } }) },
      '### ⚠️ `loss` 0.1 → 0.2 (+100\u00a0%), worse than its gate allows',
    ],
    [
      'a floor, told apart from the value',
      {
        metrics: metricRows({ accuracy: 0.95 }, { accuracy: 0.89999 }, { accuracy: { min: 0.9 } }),
      },
      '### ❌ `accuracy` 0.95 → 0.89999 (-5.3\u00a0%), below 0.9',
    ],
    ['NaN', { metrics: metricRows({ a: 1 }, { a: null }) }, '### ⚠️ `a` is null, not comparable'],
    [
      'a mistyped gate',
      { metrics: metricRows({}, {}, { b: higher }) },
      '### ❌ `b` has a gate but no value',
    ],
    [
      'no change',
      { metrics: metricRows({ a: 1 }, { a: 1 }) },
      '### ✅ no metric changed, nor anything else',
    ],
    [
      'only parameters and data',
      {
        metrics: metricRows({ a: 1 }, { a: 1 }),
        params: paramRows({ lr: 1 }, { lr: 2 }),
        data: [{ path: 'x', kind: 'out', change: 'removed' }],
      },
      '### ✅ no metric changed; 1 parameter, 1 output did',
    ],
    [
      'no base',
      {
        base: {
          found: false,
          missing: 'nothing',
          ref: 'main',
          reason: 'the pipeline never ran there',
        },
        metrics: metricRows(undefined, { a: 1, b: 0.5 }),
      },
      '### ✅ nothing to compare with: `the pipeline never ran there`, `a` 1, `b` 0.5',
    ],
    [
      'no base and a broken floor',
      {
        base: { found: false, missing: 'nothing', reason: 'never ran' },
        metrics: metricRows(undefined, { a: 1 }, { a: { min: 2 } }),
      },
      '### ❌ nothing to compare with: `never ran`, `a` 1, below 2',
    ],
    [
      'a failed pipeline',
      { outcome: 'failed', stages: [{ name: 'train', outcome: 'failed' }] },
      '### ❌ the pipeline failed in `train`',
    ],
    [
      'a stage that did not run',
      {
        outcome: 'failed',
        stages: [{ name: 'train', outcome: 'skipped' }],
        metrics: metricRows({ a: 1 }, { a: 1 }),
      },
      '### ❌ not all stages ran: `train` did not',
    ],
    [
      'params that cannot be read',
      {
        metrics: metricRows({ a: 1 }, { a: 1 }),
        params: [{ file: 'params.yaml', key: '', change: 'unreadable' }],
      },
      '### ⚠️ no metric changed, `params.yaml` cannot be read',
    ],
    [
      'plots that are elsewhere',
      { metrics: metricRows({ a: 1 }, { a: 2 }), uncomparedPlots: ['roc.csv'] },
      '### ✅ `a` 1 → 2 (+100\u00a0%), 1 plot not compared',
    ],
    [
      'metrics that are alike by their hashes',
      { alike: ['metrics.json'] },
      '### ✅ no metric changed, nor anything else',
    ],
    [
      'no base, and a file that cannot be read',
      {
        base: { found: false, missing: 'unavailable', reason: 'GitHub answers 502' },
        metrics: compareMetrics(
          undefined,
          [{ path: 'm.json', reading: { problem: { cause: 'cut' } } }],
          [],
        ),
      },
      '### ⚠️ not compared: `GitHub answers 502`, `m.json` cannot be read',
    ],
  ])('%s', (_, parts, line) => {
    expect(firstLine(parts)).toBe(line);
  });
});

test.each<[Partial<Report>, string]>([
  [{}, 'success'],
  [{ outcome: 'failed' }, 'failure'],
  [{ metrics: metricRows({ a: 2 }, { a: 1 }, { a: higher }) }, 'failure'],
  [{ metrics: metricRows({ a: 2 }, { a: 1 }, { a: { ...higher, gate: 'warn' } }) }, 'warning'],
  [{ metrics: metricRows({ a: 2 }, { a: 1 }, { a: { ...higher, gate: 'off' } }) }, 'success'],
  [{ metrics: metricRows({ a: 2 }, { a: null }) }, 'warning'],
])('the conclusion of %j is %s', (parts, conclusion) => {
  expect(conclusionOf(report(parts))).toBe(conclusion);
});

test('a comment: marker, verdict, tables, the unchanged folded', () => {
  const { text, leftOut } = renderMarkdown(
    report({
      metrics: metricRows(
        { accuracy: 0.9333, 'f1|x': 0.9, n: 30, old: 0.25 },
        { accuracy: 0.9667, 'f1|x': 0.9, n: 30, fresh: 0.25, lr: 3e-6 },
        { accuracy: { ...higher, tolerance: 0.01 } },
      ),
      params: paramRows({ train: { depth: 5 } }, { train: { depth: 7 } }),
      data: [
        {
          path: 'data/split',
          kind: 'out',
          change: 'changed',
          before: { hash: '0123456789abcdef.dir', size: 1234, files: 2 },
          after: { hash: 'fedcba9876543210.dir', size: 2345, files: 1 },
        },
      ],
      stages: [
        { name: 'train', outcome: 'ran', seconds: 65, image: 'sibling/train:1234' },
        { name: 'ingest', outcome: 'unchanged' },
      ],
      links: [{ kind: 'run', url: 'https://github.com/o/r/actions/runs/1' }],
      notes: ['plots were left out'],
    }),
    { marker: '<!-- marker -->' },
  );
  expect(leftOut).toBe(0);
  expect(text.replaceAll('\u00a0', ' ')).toBe(`<!-- marker -->
### ✅ \`accuracy\` 0.933 → 0.967 (+3.6 %), 1 metric new

\`dvc.yaml\`: \`ba5eba5\` of \`main\` → \`4ead4ea\` · [workflow run](https://github.com/o/r/actions/runs/1)

|  | Metric | Before | After | Change |
| --- | --- | ---: | ---: | ---: |
| ✅ better | \`accuracy\` | 0.9333 | 0.9667 | +0.0334 (+3.6 %) |
| ➕ new | \`lr\` |  | 3e-6 |  |
| ✏️ renamed | \`fresh\` (was \`old\`) | 0.25 | 0.25 |  |

<details><summary>2 metrics unchanged</summary>

|  | Metric | Before | After | Change |
| --- | --- | ---: | ---: | ---: |
| = same | \`f1\\|x\` | 0.9 | 0.9 |  |
| = same | \`n\` | 30 | 30 |  |

</details>

**Parameters that changed**

| File | Parameter | Before | After |
| --- | --- | ---: | ---: |
| \`params.yaml\` | \`train.depth\` | 5 | 7 |

**Data that changed**

| Path | Kind |  | Before | After |
| --- | --- | --- | --- | --- |
| \`data/split\` | out | changed | 1.2 KB, 2 files, \`01234567\` | 2.3 KB, 1 file, \`fedcba98\` |

<details><summary>Stages: 1 ran, 1 unchanged</summary>

| Stage | Outcome | Time | Image | Why |
| --- | --- | --- | --- | --- |
| \`train\` | ▶️ ran | 1 min 5 s | \`sibling/train:1234\` |  |
| \`ingest\` | = unchanged |  |  |  |

</details>

> \`plots were left out\`
`);
});

test('plots: charts folded, a confusion matrix in the open, the rest named', () => {
  const { text } = renderMarkdown(
    report({
      plots: [
        {
          ...{ kind: 'curve', title: 'ROC', path: 'roc.csv', x: 'false', y: 'true' },
          series: [
            {
              name: '',
              side: 'after',
              points: [
                [0, 0],
                [1, 1],
              ],
            },
          ],
        },
        {
          ...{ kind: 'confusion', title: 'Confusion', path: 'c.csv', x: 'actual', y: 'predicted' },
          labels: ['a', 'b'],
          before: [
            [9, 1],
            [0, 10],
          ],
          after: [
            [10, 0],
            [0, 10],
          ],
        },
        { kind: 'other', title: 'Tree', path: 'tree.png', note: 'an image' },
      ],
    }),
    { plotsIn: 'the report page' },
  );
  expect(text).toContain('<details><summary><code>ROC</code></summary>\n\n```mermaid\n');
  expect(text).toContain(`**\`Confusion\`**

| \`actual\` ↓ \`predicted\` → | \`a\` | \`b\` |
| --- | ---: | ---: |
| \`a\` | **9 → 10** | 1 → 0 |
| \`b\` | 0 | **10** |
`);
  expect(text).toContain(`<details><summary>1 more plot, in the report page</summary>

- \`Tree\`: \`an image\`
`);
});

test('a trend is a sparkline that ends with this run', () => {
  const values = [0.1, 0.2, 0.3].map((value) => ({ commit: 'ba5e'.repeat(10), value }));
  const { text } = renderMarkdown(
    report({
      metrics: metricRows({ a: 0.3, b: 1 }, { a: 0.8, b: 2 }),
      trends: [{ file: 'metrics/metrics.json', key: 'a', values }],
    }),
  );
  expect(text).toContain('| `a` | 0.3 | 0.8 | +0.5 (+167\u00a0%) | ▁▂▃█ |');
  expect(text).toContain('| `b` | 1 | 2 | +1 (+100\u00a0%) |  |');
});

describe('a report that is too long', () => {
  const many = [...Array(3_000).keys()];
  const large = report({
    metrics: metricRows(
      Object.fromEntries(many.map((n) => [`metric.${n}`, n])),
      Object.fromEntries(many.map((n) => [`metric.${n}`, n % 3 === 0 ? n + 1 : n])),
      { 'metric.2999': { min: 5_000 } },
    ),
    params: paramRows({ lr: 1 }, { lr: 2 }),
  });

  test.each([2_000, 65_000, 1_000_000])('fits in %d characters', (maxLength) => {
    const { text, leftOut } = renderMarkdown(large, {
      maxLength,
      marker: '<!-- marker -->',
      restIn: 'the job summary',
    });
    expect(text.length).toBeLessThanOrEqual(maxLength);
    expect(text.length).toBeGreaterThan(Math.min(maxLength * 0.9, 100_000));
    expect(text).toMatch(
      /^<!-- marker -->\n### ❌ `metric\.2999` 2999, below 5000, 1000 metrics changed\n/,
    );
    expect(text).toContain('| ❌ below 5000 | `metric.2999` |');
    expect(text).toContain('| `params.yaml` | `lr` |');
    if (leftOut > 0) {
      expect(text).toContain(
        `least important first: ${leftOut} metrics; they are in the job summary.`,
      );
    }
  });
});

test('links lead to the hosts that are allowed', () => {
  const links = [
    { kind: 'run', url: 'https://github.com/o/r' },
    { kind: 'mlflow-run', url: 'https://evil.example/', name: 'train' },
  ] as const;
  expect(renderMarkdown(report({ links: [...links] })).text).toContain('[MLflow run](https://evil');
  const { text } = renderMarkdown(report({ links: [...links] }), { linkHosts: ['github.com'] });
  expect(text).toContain('github.com');
  expect(text).not.toContain('evil');
});

describe('whatever the names and values', () => {
  /** A report with a text in every place that a file or a fork can fill. */
  const withTexts = (texts: readonly string[]): Report => {
    let next = 0;
    const take = () => texts[next++ % texts.length] ?? '';
    const value = () => ({ type: 'string' as const, value: take().slice(0, 200) });
    const metric = (row: Partial<Report['metrics'][0]>): Report['metrics'][0] => ({
      file: take(),
      key: take().slice(0, 200),
      verdict: 'changed',
      broken: false,
      importance: 4,
      before: value(),
      after: value(),
      ...row,
    });
    return report({
      pipeline: take(),
      base: { found: false, missing: 'nothing', reason: take(), ref: take() },
      outcome: 'failed',
      failure: take(),
      metrics: [
        metric({ renamedFrom: { file: take(), key: take() } }),
        metric({ verdict: 'unreadable', problem: { side: 'before', cause: take(), line: 1 } }),
        metric({ verdict: 'same' }),
      ],
      params: [{ file: take(), key: take(), before: value(), after: value(), change: 'changed' }],
      data: [
        { path: take(), kind: 'out', change: 'moved', movedFrom: take(), after: { hash: take() } },
      ],
      stages: [{ name: take(), outcome: 'failed', image: take(), reason: take() }],
      plots: [
        {
          ...{ kind: 'curve', title: take(), path: take(), x: take(), y: take() },
          series: [
            {
              name: take(),
              side: 'after',
              points: [
                [0, 0],
                [1, 1],
              ],
            },
            { name: '', side: 'after', points: [[0, 1]] },
          ],
        },
        {
          ...{ kind: 'confusion', title: take(), path: take(), x: take(), y: take() },
          labels: [take(), take()],
          after: [
            [1, 2],
            [3, 4],
          ],
        },
        { kind: 'other', title: take(), path: take(), note: take() },
      ],
      links: [{ kind: 'mlflow-run', url: 'https://a.example/', name: take() }],
      notes: [take(), take()],
    });
  };

  test('the page keeps the structure of a harmless one', () => {
    const count = 45;
    const expected = structure(renderMarkdown(withTexts(['x', 'y'])).text);
    expect(expected).not.toMatch(/@/);
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: count, maxLength: count }), (texts) => {
        expect(structure(renderMarkdown(withTexts(texts)).text)).toBe(expected);
      }),
      { numRuns: Math.ceil(fuzzCases / count) },
    );
  });
});
