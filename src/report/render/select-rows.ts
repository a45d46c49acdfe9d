import type { Report } from '../report.ts';

/** How many rows of each part a shorter report leaves out. */
export interface LeftOut {
  readonly metrics: number;
  readonly params: number;
  readonly data: number;
  readonly stages: number;
  readonly plots: number;
  readonly trends: number;
}

type Part = keyof LeftOut;

const parts: readonly Part[] = ['metrics', 'params', 'data', 'stages', 'plots', 'trends'];

/** How many rows a report has in all. */
export function rowCount(report: Report): number {
  return parts.reduce((sum, part) => sum + report[part].length, 0);
}

/** The report with its `count` most important rows, in their order, and what that leaves out. */
export function mostImportant(report: Report, count: number): { report: Report; leftOut: LeftOut } {
  const all = parts.flatMap((part) =>
    report[part].map((_, index) => ({
      part,
      index,
      importance: importanceOf(report, part, index),
    })),
  );
  const kept = all.sort((left, right) => right.importance - left.importance).slice(0, count);
  const select = <Row>(part: Part, rows: readonly Row[]): Row[] => {
    const indices = new Set(kept.filter((row) => row.part === part).map(({ index }) => index));
    return rows.filter((_, index) => indices.has(index));
  };
  const selected = {
    ...report,
    metrics: select('metrics', report.metrics),
    params: select('params', report.params),
    data: select('data', report.data),
    stages: select('stages', report.stages),
    plots: select('plots', report.plots),
    trends: select('trends', report.trends),
  };
  const leftOut = Object.fromEntries(
    parts.map((part) => [part, report[part].length - selected[part].length]),
  ) as Record<Part, number>;
  return { report: selected, leftOut };
}

/** On the scale of a metric row's importance; what takes much room for little comes last. */
function importanceOf(report: Report, part: Part, index: number): number {
  switch (part) {
    case 'metrics':
      return report.metrics[index]?.importance ?? 0;
    case 'params':
      return 4.9;
    case 'data':
      return report.data[index]?.kind === 'out' ? 2.8 : 2.9;
    case 'stages':
      return report.stages[index]?.outcome === 'failed' ? 10 : 2.5;
    case 'plots':
      return report.plots[index]?.kind === 'confusion' ? 1.9 : 1.5;
    case 'trends':
      return 1.2;
  }
}
