import { gateOf, type MetricGate } from '../../metrics/gates.ts';
import type { ReadFile } from '../../metrics/read.ts';
import type { NamedValues } from '../../promotion/metric-names.ts';
import type { VersionMetrics } from '../../promotion/version-metrics.ts';
import type { Check } from './result.ts';
import { type MetricTexts, plainOf, readFiles } from './values.ts';

/**
 * The values that the registry has against those of the metrics files. What an MLflow run has does
 * not count for the verdict: whoever evaluates the same model again writes there too.
 */
export function compareRegistered(
  { values, isComplete }: VersionMetrics,
  after: MetricTexts,
  gates: readonly MetricGate[],
): Check[] {
  const files = readFiles(after, [...after.keys()]);
  return isComplete ? compareTag(values, files, gates) : compareRun(values, files);
}

/** What a version was promoted with, under the names that `nameMetrics` gave: a key, or `file:key`. */
function compareTag(
  values: NamedValues,
  files: readonly ReadFile[],
  gates: readonly MetricGate[],
): Check[] {
  return [...values].map(([name, value]) => {
    const expected = plainOf(value);
    const home = files.find(({ path }) => name === path || name.startsWith(`${path}:`))?.path;
    if (home !== undefined) {
      const key = name.slice(home.length + 1);
      return checkOf(name, expected, plainOf(valueIn(files, home, key)), true);
    }
    // A plain key was of one gated file alone. Gates may have come or gone since.
    const holders = files.filter(({ path }) => valueIn(files, path, name) !== undefined);
    const gated = holders.filter(({ path }) => gateOf(gates, path, name) !== undefined);
    const found = (gated.length > 0 ? gated : holders).map(({ path }) =>
      plainOf(valueIn(files, path, name)),
    );
    const same = found.find((each) => isEqual(expected, each));
    return checkOf(name, expected, same ?? found[0] ?? null, true);
  });
}

/** The newest values of a run, which knows keys alone: as far as one file has them. */
function compareRun(values: NamedValues, files: readonly ReadFile[]): Check[] {
  return [...values].flatMap(([key, value]): Check[] => {
    const found = files.flatMap(({ path }) => valueIn(files, path, key) ?? []);
    const expected = plainOf(value);
    const [first] = found.map(plainOf);
    return found.length === 1 && first !== undefined ? [checkOf(key, expected, first, false)] : [];
  });
}

function checkOf(
  what: string,
  expected: Check['expected'],
  found: Check['found'],
  counts: boolean,
): Check {
  const compared = { kind: 'registered-metric', what, expected, found } as const;
  if (isEqual(expected, found)) return { ...compared, state: 'same' };
  const difference = typeof expected === 'number' && typeof found === 'number' && found - expected;
  return {
    ...compared,
    state: counts ? 'differs' : 'note',
    ...(difference !== false && { difference }),
    ...(!counts && { text: 'the MLflow run of the version has another value' }),
  };
}

function valueIn(files: readonly ReadFile[], path: string, key: string) {
  const reading = files.find((file) => file.path === path)?.reading;
  return reading && 'values' in reading ? reading.values.get(key) : undefined;
}

/** Servers may round the last digits of a double. */
function isEqual(left: string | number | null, right: string | number | null): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right;
  return Math.abs(left - right) <= 1e-9 * Math.max(Math.abs(left), Math.abs(right));
}
