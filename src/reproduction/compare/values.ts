import { formatOf, type ReadFile, readMetrics } from '../../metrics/read.ts';
import type { Value } from '../../metrics/value.ts';
import { compareMetrics } from '../../report/compare/metrics.ts';
import type { Check } from './result.ts';

/** Metrics files by path. */
export type MetricTexts = ReadonlyMap<string, string>;

/** Value by value, what two states of metrics files hold; only files that both have. */
export function compareMetricFiles(before: MetricTexts, after: MetricTexts): Check[] {
  const paths = [...after.keys()].filter((path) => before.has(path));
  const rows = compareMetrics(readFiles(before, paths), readFiles(after, paths), []);
  return rows.map((row): Check => {
    const [expected, found] = [plainOf(row.before), plainOf(row.after)];
    const isSame = row.problem === undefined && expected === found;
    return {
      kind: 'metric',
      what: row.key === '' ? row.file : `${row.file}: ${row.key}`,
      state: isSame ? 'same' : 'differs',
      expected,
      found,
      ...(!isSame && row.absolute !== undefined && { difference: row.absolute }),
      ...(row.problem && { text: `it cannot be read: ${row.problem.cause}` }),
    };
  });
}

/** Metrics files as they are read. */
export function readFiles(texts: MetricTexts, paths: readonly string[]): ReadFile[] {
  return paths.map((path) => ({
    path,
    reading: readMetrics(texts.get(path) ?? '', formatOf(path)),
  }));
}

/** A value as JSON can hold it. */
export function plainOf(value: Value | undefined): string | number | null {
  switch (value?.type) {
    case undefined:
      return null;
    case 'number':
      return value.exact ?? value.value;
    case 'non-finite':
      return value.value;
    case 'boolean':
      return String(value.value);
    case 'string':
      return value.digest === undefined ? value.value : `${value.value} (${value.digest})`;
    case 'null':
      return 'null';
    case 'list':
      return `${value.length} values (${value.digest})`;
  }
}
