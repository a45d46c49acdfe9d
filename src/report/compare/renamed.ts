import type { Value } from '../../metrics/value.ts';

/** A metric with where it is. */
export interface Keyed {
  readonly file: string;
  readonly key: string;
  readonly value: Value;
}

/**
 * Pairs metrics that are gone with ones that are new and surely the same: the same key in another
 * file, or the same telling number under another name. Only what is unique on both sides is paired.
 * Gives the old metric by the new one's `[file, key]` as JSON.
 */
export function findRenamed(
  gone: readonly Keyed[],
  fresh: readonly Keyed[],
): ReadonlyMap<string, Keyed> {
  const pairs = new Map<string, Keyed>();
  const paired = new Set<Keyed>();
  for (const likeness of [byKey, byValue]) {
    const old = uniqueBy(gone, paired, likeness);
    const current = uniqueBy(fresh, paired, likeness);
    for (const [mark, metric] of current) {
      const match = old.get(mark);
      if (!match) continue;
      pairs.set(JSON.stringify([metric.file, metric.key]), match);
      paired.add(metric).add(match);
    }
  }
  return pairs;
}

/** One that has no key has no name to be known by. */
function byKey({ key }: Keyed): string | undefined {
  return key === '' ? undefined : key;
}

/** Only a number with a fraction tells anything: many metrics are 0, 1 or 100 by chance. */
function byValue({ value }: Keyed): string | undefined {
  return value.type === 'number' && !Number.isInteger(value.value)
    ? String(value.value)
    : undefined;
}

function uniqueBy(
  metrics: readonly Keyed[],
  except: ReadonlySet<Keyed>,
  likeness: (metric: Keyed) => string | undefined,
): Map<string, Keyed> {
  const groups = new Map<string, Keyed[]>();
  for (const metric of metrics) {
    const mark = likeness(metric);
    if (mark === undefined || except.has(metric)) continue;
    const group = groups.get(mark);
    if (group) group.push(metric);
    else groups.set(mark, [metric]);
  }
  return new Map(
    [...groups].flatMap(([mark, [only, ...more]]) =>
      only && more.length === 0 ? [[mark, only] as const] : [],
    ),
  );
}
