import { metricName } from '../../metrics/name.ts';
import { distinctTexts } from '../../metrics/number-text.ts';
import type { ReadFile } from '../../metrics/read.ts';
import type { Value } from '../../metrics/value.ts';
import { valueText } from '../../metrics/value-text.ts';
import type { Format } from './format.ts';

/** The metrics of one revision. */
export interface RevisionMetrics {
  /** What a person calls it: a branch, a tag, `working tree`. */
  readonly name: string;
  readonly files: readonly ReadFile[];
}

/** A metric in several revisions; undefined where a revision lacks it. */
export interface MetricAcross {
  readonly file: string;
  readonly key: string;
  readonly values: readonly (Value | undefined)[];
}

/** The metrics of any number of revisions side by side, in the order in which they first appear. */
export function metricsAcross(revisions: readonly RevisionMetrics[]): MetricAcross[] {
  const rows = new Map<string, { file: string; key: string; values: (Value | undefined)[] }>();
  for (const [index, { files }] of revisions.entries()) {
    for (const { path: file, reading } of files) {
      if (!('values' in reading)) continue;
      for (const [key, value] of reading.values) {
        const id = JSON.stringify([file, key]);
        const row = rows.get(id) ?? { file, key, values: revisions.map(() => undefined) };
        row.values[index] = value;
        rows.set(id, row);
      }
    }
  }
  return [...rows.values()];
}

/** A table with a column for each revision. */
export function metricsAcrossTable(format: Format, revisions: readonly RevisionMetrics[]): string {
  const rows = metricsAcross(revisions);
  const several = new Set(rows.map(({ file }) => file)).size > 1;
  const columns = [
    ...(several ? ['File'] : []),
    'Metric',
    ...revisions.map(({ name }) => format.cell(name)),
  ];
  const lines = rows.map(({ file, key, values }) => [
    ...(several ? [format.cell(file)] : []),
    several && key === '' ? '' : format.cell(metricName(file, key)),
    ...texts(format, values),
  ]);
  return format.table(columns, lines, revisions.length);
}

/** Numbers of one row have as many digits as it takes to tell them apart. */
function texts(format: Format, values: readonly (Value | undefined)[]): string[] {
  const numbers = values.flatMap((value) => (value?.type === 'number' ? [value.value] : []));
  const distinct = new Map(numbers.map((number, at) => [number, distinctTexts(numbers)[at]]));
  return values.map((value) =>
    value?.type === 'number' && value.exact === undefined
      ? (distinct.get(value.value) ?? '')
      : valueText(value, format.cell),
  );
}
