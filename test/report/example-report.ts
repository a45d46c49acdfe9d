import { type MetricGate, readGates } from '../../src/metrics/gates.ts';
import { readMetrics } from '../../src/metrics/read.ts';
import { compareMetrics } from '../../src/report/compare/metrics.ts';
import { compareParams } from '../../src/report/compare/params.ts';
import type { Report } from '../../src/report/report.ts';

export const baseCommit = 'ba5e'.repeat(10);
export const headCommit = '4ead'.repeat(10);

/** A report on a change that did nothing, but for what a test gives. */
export function report(parts: Partial<Report> = {}): Report {
  return {
    version: 1,
    pipeline: 'dvc.yaml',
    base: { found: true, commit: baseCommit, ref: 'main' },
    head: { commit: headCommit, ref: 'feature' },
    outcome: 'succeeded',
    metrics: [],
    params: [],
    data: [],
    stages: [],
    plots: [],
    trends: [],
    links: [],
    notes: [],
    ...parts,
  };
}

/** Metric rows of one JSON file; `gates` as in dvc.yaml. */
export function metricRows(
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown>,
  gates: Record<string, unknown> = {},
  path = 'metrics/metrics.json',
): Report['metrics'] {
  const file = (values: unknown) => ({
    path,
    reading: readMetrics(JSON.stringify(values), 'json'),
  });
  return compareMetrics(before && [file(before)], [file(after)], gatesOf(gates));
}

export function paramRows(before: object, after: object): Report['params'] {
  const file = (values: unknown) => ({
    path: 'params.yaml',
    reading: readMetrics(JSON.stringify(values), 'json'),
  });
  return compareParams([file(before)], [file(after)]);
}

function gatesOf(gates: Record<string, unknown>): readonly MetricGate[] {
  const { gates: read, problems } = readGates(gates);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return read;
}
