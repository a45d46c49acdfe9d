import { type PlotData, readPlots } from '../../src/report/plots/read.ts';
import { readPlotSpecs } from '../../src/report/plots/spec.ts';
import { summarisePlots } from '../../src/report/plots/summarise.ts';
import type { Report, StageRow } from '../../src/report/report.ts';
import { baseCommit, metricRows, paramRows, report } from './example-report.ts';

/** A report as it may come about, and the plots that its page draws. */
export interface Situation {
  readonly name: string;
  readonly report: Report;
  readonly plots: readonly PlotData[];
}

const gates = {
  accuracy: { better: 'higher', tolerance: 0.01, min: 0.9 },
  log_loss: { better: 'lower', tolerance: 0.05, gate: 'warn' },
  'f1.*': { better: 'higher', tolerance: '1%' },
};
const before = { accuracy: 0.9333, log_loss: 0.21, f1: { setosa: 1, virginica: 0.9 }, n: 30 };
const after = { accuracy: 0.9667, log_loss: 0.18, f1: { setosa: 1, virginica: 0.95 }, n: 30 };

const ran = (name: string, seconds: number): StageRow => ({
  ...{ name, outcome: 'ran', seconds, image: `sibling/${name}:5d41402abc4b` },
  reason: 'its command, deps, params or outs are not those of an earlier run',
});
const unchanged = (name: string): StageRow => ({ name, outcome: 'unchanged', seconds: 0.1 });
const stages = [unchanged('ingest'), ran('train', 12.4), ran('evaluate', 3.1)];
const links = [{ kind: 'run' as const, url: 'https://github.com/ada/iris/actions/runs/7' }];
const out = (path: string, old: string, current: string): Report['data'][number] => ({
  ...{ path, kind: 'out', change: 'changed' },
  before: { hash: old.repeat(16), size: 3_400 },
  after: { hash: current.repeat(16), size: 3_900 },
});

function plotsOf(count: number): PlotData[] {
  const names = Array.from({ length: count }, (_, index) => index);
  const entries = names.map((index) => ({
    folder: '.',
    entry: {
      [`plot${index}.csv`]:
        index % 4 === 3
          ? { x: 'actual', y: 'guess', template: 'confusion', title: `Confusion ${index}` }
          : { x: 'step', y: 'loss', title: `Loss ${index}` },
    },
  }));
  const files = (shift: number) =>
    names.map((index) => ({
      path: `plot${index}.csv`,
      content: Buffer.from(index % 4 === 3 ? confusion(shift) : curve(index, shift)),
    }));
  const [old, current] = [files(0), files(1)];
  return readPlots(readPlotSpecs(entries, []), old, current);
}

function curve(index: number, shift: number): string {
  const rows = Array.from({ length: 20 }, (_, step) => {
    return `${step},${(1 / (1 + step + shift + index / 10)).toFixed(4)}`;
  });
  return `step,loss\n${rows.join('\n')}\n`;
}

function confusion(shift: number): string {
  const rows = Array.from({ length: 30 }, (_, row) => {
    const actual = row % 3;
    const guess = row < 4 - 2 * shift ? (actual + 1) % 3 : actual;
    return `class${actual},class${guess}`;
  });
  return `actual,guess\n${rows.join('\n')}\n`;
}

function situation(
  name: string,
  parts: Partial<Report>,
  plots: readonly PlotData[] = [],
): Situation {
  const whole = report({ stages, links, plots: summarisePlots(plots), ...parts });
  return { name, report: whole, plots };
}

const many = (value: (index: number) => number) =>
  Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`metric_${index}`, value(index)]));

export const situations: readonly Situation[] = [
  situation(
    'better',
    {
      metrics: metricRows(before, after, gates),
      params: paramRows({ train: { depth: 3 } }, { train: { depth: 5 } }),
      data: [out('models/model.joblib', '0a', 'b7'), out('metrics/loss.csv', '3c', 'd4')],
      trends: [
        {
          ...{ file: 'metrics/metrics.json', key: 'accuracy' },
          values: [0.9, 0.9, 0.92, 0.9333].map((value) => ({ commit: baseCommit, value })),
        },
      ],
    },
    plotsOf(4),
  ),
  situation('no base', {
    base: { found: false, missing: 'never-ran', reason: 'the pipeline never ran there' },
    metrics: metricRows(undefined, after, gates),
  }),
  situation('no change', {
    metrics: metricRows(before, before, gates),
    stages: ['ingest', 'train', 'evaluate'].map(unchanged),
  }),
  situation('new metric', { metrics: metricRows(before, { ...before, recall: 0.91 }, gates) }),
  situation('gate broken', {
    metrics: metricRows(before, { ...before, accuracy: 0.8667, log_loss: 0.4 }, gates),
    params: paramRows({ train: { depth: 3 } }, { train: { depth: 1 } }),
  }),
  situation('NaN', {
    metrics: metricRows({ loss: 0.3, accuracy: 0.93 }, { loss: 'NaN', accuracy: 0.93 }),
  }),
  situation('300 metrics', {
    metrics: metricRows(
      many((index) => index / 300),
      many((index) => (index / 300) * (1 + ((index % 7) - 3) / 100)),
      { '*': { better: 'higher', tolerance: '1%' } },
    ),
  }),
  situation('40 plots', { metrics: metricRows(before, after, gates) }, plotsOf(40)),
  situation('renamed stage', {
    metrics: metricRows(before, before, gates),
    data: [
      {
        ...{ path: 'fitted/model.joblib', kind: 'out', change: 'moved' },
        movedFrom: 'models/model.joblib',
        before: { hash: '0a'.repeat(16), size: 3_400 },
        after: { hash: '0a'.repeat(16), size: 3_400 },
      },
    ],
    stages: [unchanged('ingest'), ran('fit', 12.4), unchanged('evaluate')],
  }),
  situation('only params', {
    metrics: metricRows(before, before, gates),
    params: paramRows({ train: { seed: 1, lr: 3e-6 } }, { train: { seed: 2, lr: 4e-6 } }),
  }),
  situation('only data', {
    metrics: metricRows(before, before, gates),
    data: [
      {
        ...{ path: 'data/raw', kind: 'source', change: 'changed' },
        before: { hash: `${'5d'.repeat(16)}.dir`, size: 3_400_000, files: 12 },
        after: { hash: `${'7e'.repeat(16)}.dir`, size: 3_900_000, files: 14 },
      },
    ],
  }),
  situation('pipeline failed', {
    outcome: 'failed',
    failure: 'train failed: ValueError: n_estimators must be greater than zero',
    metrics: metricRows(before, {}, {}),
    params: paramRows({ train: { n_estimators: 100 } }, { train: { n_estimators: 0 } }),
    stages: [
      unchanged('ingest'),
      { name: 'train', outcome: 'failed', reason: 'its job failed; the log tells why' },
      { name: 'evaluate', outcome: 'skipped', reason: 'a job before it did not end well' },
    ],
  }),
  situation('fork', {
    metrics: metricRows(
      { accuracy: 0.93, '<img src=x onerror=alert(1)>': 1 },
      { accuracy: 0.95, '<img src=x onerror=alert(1)>': 2, '@ada #1 | `x`': 3 },
    ),
    notes: ['This pull request comes from a fork: the values are what its own run says.'],
  }),
];
