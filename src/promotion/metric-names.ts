import { gateOf, type MetricGate } from '../metrics/gates.ts';
import { metricName } from '../metrics/name.ts';
import type { ReadFile } from '../metrics/read.ts';
import type { Value } from '../metrics/value.ts';

/** Metrics as a registry knows them, which has no files. */
export type NamedValues = ReadonlyMap<string, Value>;

interface Metric {
  readonly file: string;
  readonly key: string;
  readonly value: Value;
}

/**
 * The metrics with a gate under the names that a version's tag has: the key, or `file:key` where two
 * files have the same one; the file alone where it holds one value.
 */
export function nameMetrics(files: readonly ReadFile[], gates: readonly MetricGate[]): NamedValues {
  const metrics = gatedMetrics(files, gates);
  return new Map(
    metrics.map((metric) => [
      isSingle(metric, metrics) ? shortName(metric) : fullName(metric),
      metric.value,
    ]),
  );
}

/**
 * Named metrics as files, to be compared with those of `beside`, where a plain name means the one
 * file that has this key; what may be of two files is of neither. `isComplete`: what has a gate and
 * is not beside is there as well, so that it is seen to be gone.
 */
export function asFiles(
  values: NamedValues,
  gates: readonly MetricGate[],
  beside: readonly ReadFile[] | undefined,
  isComplete: boolean,
): ReadFile[] {
  const left = new Map(values);
  const metrics: Metric[] = [];
  const reference = gatedMetrics(beside ?? [], gates);
  for (const metric of reference) {
    const names = [fullName(metric), ...(isSingle(metric, reference) ? [shortName(metric)] : [])];
    for (const name of names) {
      const value = left.get(name);
      if (value !== undefined) metrics.push({ ...metric, value });
      left.delete(name);
      if (value !== undefined) break;
    }
  }
  if (beside === undefined || isComplete) {
    const files = [...new Set(gates.flatMap((gate) => gate.files ?? ['']))];
    for (const [name, value] of left) {
      const file = files.find((path) => name === path || name.startsWith(`${path}:`));
      const key = file === undefined ? name : name.slice(file.length + 1);
      const home = file ?? files.find((path) => gateOf(gates, path, key) !== undefined);
      if (home !== undefined && gateOf(gates, home, key)) metrics.push({ file: home, key, value });
    }
  }
  const paths = [...new Set(metrics.map(({ file }) => file))];
  return paths.map((path) => ({
    path,
    reading: {
      values: new Map(
        metrics.filter(({ file }) => file === path).map(({ key, value }) => [key, value]),
      ),
    },
  }));
}

function gatedMetrics(files: readonly ReadFile[], gates: readonly MetricGate[]): Metric[] {
  return files.flatMap(({ path: file, reading }) =>
    'values' in reading
      ? [...reading.values]
          .filter(([key]) => gateOf(gates, file, key) !== undefined)
          .map(([key, value]) => ({ file, key, value }))
      : [],
  );
}

function isSingle({ key }: Metric, metrics: readonly Metric[]): boolean {
  return metrics.filter((metric) => metric.key === key).length === 1;
}

function shortName({ file, key }: Metric): string {
  return metricName(file, key);
}

function fullName({ file, key }: Metric): string {
  return key === '' ? file : `${file}:${key}`;
}
