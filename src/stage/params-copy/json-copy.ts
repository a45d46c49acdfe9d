import { type JsonNode, parseJsonTree } from '../../dvc/params/json-value.ts';
import { CannotCut } from './cannot-cut.ts';
import { entryRanges, type Range, withoutRanges } from './cut-text.ts';
import { type KeyPath, relation } from './key-path.ts';

/** A JSON text without the entries that no path needs; what remains is the text's own. */
export function cutJson(file: string, text: string, paths: readonly KeyPath[]): string {
  const root = parseJsonTree(file, text);
  if (root.entries === undefined) throw new CannotCut('it is not a mapping');
  const ranges: Range[] = [];
  cutObject(root, [], paths, ranges);
  return withoutRanges(text, ranges);
}

function cutObject(node: JsonNode, at: KeyPath, paths: readonly KeyPath[], ranges: Range[]): void {
  const places = (node.entries ?? []).map(({ start, key, value }) => {
    const path = [...at, key];
    return {
      path,
      value,
      range: [start, value.end] as const,
      isKept: isNeeded(value, path, paths),
    };
  });
  ranges.push(...entryRanges(places));
  for (const { path, value, isKept } of places) {
    const isWhole = paths.some((wanted) => relation(path, wanted) === 'within');
    if (isKept && !isWhole && value.entries) cutObject(value, path, paths, ranges);
  }
}

/** Whether a value is on the way to what is declared and has something of it, or lies within. */
function isNeeded({ entries, value }: JsonNode, path: KeyPath, paths: readonly KeyPath[]): boolean {
  return paths.some((wanted) => {
    const lies = relation(path, wanted);
    if (lies !== 'above') return lies === 'within';
    if (entries === undefined) return Array.isArray(value);
    return entries.some((entry) => isNeeded(entry.value, [...path, entry.key], [wanted]));
  });
}
