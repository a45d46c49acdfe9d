import type { FlatValues } from '../../metrics/flatten.ts';
import type { ReadFile } from '../../metrics/read.ts';
import { sameValue, type Value } from '../../metrics/value.ts';
import type { ParamRow } from '../report.ts';

/**
 * The parameters that differ between two revisions, in the order of the files after, then what is
 * gone. `before` is undefined when there is nothing to compare with: then there are no rows.
 */
export function compareParams(
  before: readonly ReadFile[] | undefined,
  after: readonly ReadFile[],
): ParamRow[] {
  if (before === undefined) return [];
  const paths = new Set([...after, ...before].map(({ path }) => path));
  return [...paths].flatMap((path) => {
    const [old, current] = [before, after].map(
      (files) => files.find((file) => file.path === path)?.reading ?? { values: new Map() },
    );
    if (!old || !current || 'problem' in old || 'problem' in current) {
      return [{ file: path, key: '', change: 'unreadable' as const }];
    }
    return rowsOf(path, old.values, current.values);
  });
}

function rowsOf(file: string, before: FlatValues, after: FlatValues): ParamRow[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((key) => {
    const [old, current] = [before.get(key), after.get(key)];
    if (old && current && same(old, current)) return [];
    return [
      {
        file,
        key,
        ...(old && { before: old }),
        ...(current && { after: current }),
        change: old ? (current ? ('changed' as const) : 'removed') : 'added',
      },
    ];
  });
}

/** A parameter may well be NaN (pandas' `na_value: .nan`), and then it did not change. */
function same(left: Value, right: Value): boolean {
  return sameValue(left, right) || JSON.stringify(left) === JSON.stringify(right);
}
