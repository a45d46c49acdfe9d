import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { CannotCut } from './cannot-cut.ts';
import {
  commentAbove,
  entryRanges,
  lineEnd,
  lineStart,
  type Range,
  restBelow,
  withoutRanges,
} from './cut-text.ts';
import { type KeyPath, relation } from './key-path.ts';

/**
 * A TOML text without the entries and tables that no path needs; what remains is the text's own. A
 * list, of tables too, is kept whole: its indices have meaning. Throws CannotCut.
 */
export function cutToml(text: string, paths: readonly KeyPath[]): string {
  const [top] = parse(text).body;
  const parts = top.body.flatMap((part) => partsOf(part, paths));
  const ranges: Range[] = [];
  for (const [at, { node, isKept, path }] of parts.entries()) {
    if (!isKept) ranges.push(lineRange(parts, at, text));
    else if (node.type === 'TOMLKeyValue') cutInline(node.value, path, paths, ranges);
  }
  return withoutRanges(text, ranges);
}

function parse(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) throw new CannotCut('it may not be valid TOML');
    throw error;
  }
}

/** What stands on lines of its own: an entry, or the line that opens a table. */
interface Part {
  readonly node: AST.TOMLKeyValue | AST.TOMLTable;
  readonly path: KeyPath;
  readonly range: Range;
  readonly isKept: boolean;
}

function partsOf(node: AST.TOMLKeyValue | AST.TOMLTable, paths: readonly KeyPath[]): Part[] {
  if (node.type === 'TOMLKeyValue') return [keyValuePart(node, [], paths)];
  const { path, isInList } = tablePath(node);
  const entries = node.body.map((entry) => keyValuePart(entry, path, paths));
  // Of what is in a list all is kept, or nothing.
  const isKept = isInList
    ? paths.some((wanted) => relation(path, wanted) !== 'apart')
    : entries.some((entry) => entry.isKept) || isWithin(path, paths);
  const [from] = node.range;
  const header = { node, path, range: [from, headerEnd(node)] as const, isKept };
  return [header, ...(isInList ? entries.map((entry) => ({ ...entry, isKept })) : entries)];
}

/** A table's path, up to the list that it is in if it is in one. */
function tablePath({ resolvedKey }: AST.TOMLTable): { path: KeyPath; isInList: boolean } {
  const index = resolvedKey.findIndex((part) => typeof part === 'number');
  const path = index === -1 ? resolvedKey : resolvedKey.slice(0, index);
  return { path: path.map(String), isInList: index !== -1 };
}

function headerEnd({ key, kind }: AST.TOMLTable): number {
  return key.range[1] + (kind === 'array' ? 2 : 1);
}

function keyValuePart(node: AST.TOMLKeyValue, table: KeyPath, paths: readonly KeyPath[]): Part {
  const path = [...table, ...keyNames(node.key)];
  return { node, path, range: node.range, isKept: isNeeded(node.value, path, paths) };
}

function keyNames({ keys }: AST.TOMLKey): KeyPath {
  return keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}

function isWithin(path: KeyPath, paths: readonly KeyPath[]): boolean {
  return paths.some((wanted) => relation(path, wanted) === 'within');
}

/** Whether a value is on the way to what is declared and has something of it, or lies within. */
function isNeeded(value: AST.TOMLContentNode, path: KeyPath, paths: readonly KeyPath[]): boolean {
  return paths.some((wanted) => {
    const lies = relation(path, wanted);
    if (lies !== 'above') return lies === 'within';
    if (value.type === 'TOMLArray') return true;
    if (value.type !== 'TOMLInlineTable') return false;
    return value.body.some((entry) =>
      isNeeded(entry.value, [...path, ...keyNames(entry.key)], [wanted]),
    );
  });
}

function cutInline(
  value: AST.TOMLContentNode,
  at: KeyPath,
  paths: readonly KeyPath[],
  ranges: Range[],
): void {
  if (value.type !== 'TOMLInlineTable' || isWithin(at, paths)) return;
  const places = value.body.map((entry) => keyValuePart(entry, at, paths));
  ranges.push(...entryRanges(places));
  for (const { node, path, isKept } of places) {
    if (isKept && node.type === 'TOMLKeyValue') cutInline(node.value, path, paths, ranges);
  }
}

/** The lines of a part, with the comment that belongs to it. */
function lineRange(parts: readonly Part[], at: number, text: string): Range {
  const head = (index: number) => {
    const [from] = parts[index]?.range ?? [text.length];
    const start = lineStart(text, from);
    return commentAbove(text, start, from - start, parts[index - 1]?.range[1] ?? 0);
  };
  const [from, to] = parts[at]?.range ?? [0, 0];
  const end = parts[at + 1]
    ? head(at + 1)
    : restBelow(text, lineEnd(text, to), from - lineStart(text, from));
  return [head(at), end];
}
