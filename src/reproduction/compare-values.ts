import { compareMetrics } from '../report/compare-metrics.ts';
import { formatOf, type ReadFile, readMetrics } from '../report/read-metrics.ts';
import type { Value } from '../report/value.ts';
import type { RegisteredMetrics } from './registered.ts';
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

/**
 * The values that the registry has against those of the metrics files. What an MLflow run has does
 * not count for the verdict: whoever evaluates the same model again writes there too.
 */
export function compareRegistered(registered: RegisteredMetrics, after: MetricTexts): Check[] {
  const values = new Map(
    readFiles(after, [...after.keys()]).flatMap(({ reading }) =>
      'values' in reading ? [...reading.values] : [],
    ),
  );
  const isOfVersion = registered.of === 'version';
  return [...registered.values].flatMap(([key, value]): Check[] => {
    const expected = plainNumber(value);
    const found = plainOf(values.get(key));
    // A run also has metrics that no file holds.
    if (found === null && !isOfVersion) return [];
    const compared = { kind: 'registered-metric', what: key, expected, found } as const;
    if (isEqual(expected, found)) return [{ ...compared, state: 'same' }];
    const difference =
      typeof expected === 'number' && typeof found === 'number' && found - expected;
    return [
      {
        ...compared,
        state: isOfVersion ? 'differs' : 'note',
        ...(difference !== false && { difference }),
        ...(!isOfVersion && { text: 'the MLflow run of the version has another value' }),
      },
    ];
  });
}

/** Servers may round the last digits of a double. */
function isEqual(left: string | number, right: string | number | null): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right;
  return Math.abs(left - right) <= 1e-9 * Math.max(Math.abs(left), Math.abs(right));
}

function readFiles(texts: MetricTexts, paths: readonly string[]): ReadFile[] {
  return paths.map((path) => ({
    path,
    reading: readMetrics(texts.get(path) ?? '', formatOf(path)),
  }));
}

/** A value as JSON can hold it. */
function plainOf(value: Value | undefined): string | number | null {
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

function plainNumber(value: number): string | number {
  return Number.isFinite(value) ? value : String(value);
}
