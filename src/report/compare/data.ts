import type { LockFacts } from '../read/lock-facts.ts';
import type { DataRow, DataSide } from '../report.ts';

/**
 * The data that differs between two dvc.lock files, by their hashes alone: outs first, then sources.
 * `before` is undefined when there is nothing to compare with: then there are no rows.
 */
export function compareData(before: LockFacts | undefined, after: LockFacts): DataRow[] {
  if (before === undefined) return [];
  return [
    ...rowsOf('out', before.outs, after.outs),
    ...rowsOf('source', before.sources, after.sources),
  ];
}

function rowsOf(
  kind: DataRow['kind'],
  before: ReadonlyMap<string, DataSide>,
  after: ReadonlyMap<string, DataSide>,
): DataRow[] {
  const gone = new Map([...before].filter(([path]) => !after.has(path)));
  const byHash = new Map([...gone].map(([path, { hash }]) => [hash, path] as const));
  const rows: DataRow[] = [];
  for (const [path, side] of after) {
    const old = before.get(path);
    if (old) {
      if (differ(old, side)) rows.push({ path, kind, before: old, after: side, change: 'changed' });
      continue;
    }
    const from = side.hash === undefined ? undefined : byHash.get(side.hash);
    const moved = from === undefined ? undefined : gone.get(from);
    if (from !== undefined && moved) {
      gone.delete(from);
      rows.push({ path, kind, before: moved, after: side, change: 'moved', movedFrom: from });
    } else {
      rows.push({ path, kind, after: side, change: 'added' });
    }
  }
  for (const [path, side] of gone) rows.push({ path, kind, before: side, change: 'removed' });
  return rows;
}

/** A lock may lack hashes (an out with `cache: false` has one, an old lock may not): then sizes tell. */
function differ(left: DataSide, right: DataSide): boolean {
  if (left.hash !== undefined && right.hash !== undefined) return left.hash !== right.hash;
  return left.hash !== right.hash || left.size !== right.size;
}
