import { isMap, isScalar } from 'yaml';
import { inBraces, indented, type LockEntry } from './entry.ts';
import {
  type EntryLayout,
  type Extent,
  layoutOf,
  lineStart,
  type MapLayout,
  mapLayout,
  nextLine,
} from './layout.ts';

interface Edit extends Extent {
  readonly text: string;
}

/**
 * The text with the entries put in place of those of their names, or last; nothing else is touched.
 * Undefined where a place for them is not to be seen. Whether the result is right is not asked.
 */
export function spliced(text: string, entries: readonly LockEntry[]): string | undefined {
  const edits = editsOf(text, entries);
  if (edits === undefined) return undefined;
  let result = text;
  for (const { from, to, text: put } of edits.toSorted((one, other) => other.from - one.from)) {
    result = result.slice(0, from) + put + result.slice(to);
  }
  return result;
}

function editsOf(text: string, entries: readonly LockEntry[]): readonly Edit[] | undefined {
  const layout = layoutOf(text);
  if (layout === undefined) return undefined;
  const { top } = layout;
  const stages = top.entries.find(({ name }) => name === 'stages');
  if (stages === undefined) return newSection(text, top, entries);
  const { value } = stages.pair;
  if (isMap(value)) {
    const map = mapLayout(value);
    return map && (map.isFlow ? editsInBraces(map, entries) : editsOfLines(text, map, entries));
  }
  return isScalar(value) && value.anchor === undefined && value.tag === undefined
    ? insteadOfNull(text, top, stages, value.range?.[0], entries)
    : undefined;
}

/** Of a map whose entries have lines of their own. */
function editsOfLines(
  text: string,
  { entries }: MapLayout,
  changes: readonly LockEntry[],
): readonly Edit[] | undefined {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return undefined;
  const indent = first.from - lineStart(text, first.from);
  const edits: Edit[] = [];
  const added: LockEntry[] = [];
  for (const change of changes) {
    const old = entries.find(({ name }) => name === change.name);
    if (old) {
      const from = lineStart(text, old.from);
      if (!/^ +$/.test(text.slice(from, old.from))) return undefined;
      const to = nextLine(text, old.to);
      const lines = linesFor(text, [change], indent);
      edits.push({ from, to, text: text[to - 1] === '\n' ? lines : lines.replace(/\r?\n$/, '') });
    } else added.push(change);
  }
  if (added.length === 0) return edits;
  const end = endOfLines(text, last.to, indent);
  return [...edits, linesAt(text, end, linesFor(text, added, indent))];
}

/** The next line after an entry and the comments that stand deeper than its name. */
function endOfLines(text: string, to: number, indent: number): number {
  const from = nextLine(text, to);
  const comments = new RegExp(`(?: {${indent + 1},}#[^\\n]*(?:\\n|$))*`, 'y');
  comments.lastIndex = from;
  return from + (comments.exec(text)?.[0].length ?? 0);
}

function linesFor(text: string, entries: readonly LockEntry[], indent: number): string {
  const lines = entries
    .map((entry) => indented(entry.text.replaceAll('\r\n', '\n').replace(/\n*$/, '\n'), indent))
    .join('');
  return ofFile(text, lines);
}

/** With the line ends that the file has. */
function ofFile(text: string, lines: string): string {
  return /^[^\n]*\r\n/.test(text) ? lines.replaceAll('\n', '\r\n') : lines;
}

/** Puts whole lines where a line begins, or the file ends. */
function linesAt(text: string, at: number, lines: string): Edit {
  const isOpen = at > 0 && text[at - 1] !== '\n';
  return { from: at, to: at, text: isOpen ? ofFile(text, '\n') + lines : lines };
}

function editsInBraces(
  { from, entries }: MapLayout,
  changes: readonly LockEntry[],
): readonly Edit[] | undefined {
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const change of changes) {
    const put = inBraces(change);
    if (put === undefined) return undefined;
    const old = entries.find(({ name }) => name === change.name);
    if (old) edits.push({ from: old.from, to: old.to, text: put });
    else added.push(put);
  }
  if (added.length === 0) return edits;
  const at = entries.at(-1)?.to ?? from + 1;
  const text = (entries.length > 0 ? ', ' : '') + added.join(', ');
  return [...edits, { from: at, to: at, text }];
}

/** DVC's own indentation of a stage's name. */
const newIndent = 2;

/** A file that has no stages yet, but other sections. */
function newSection(
  text: string,
  top: MapLayout,
  entries: readonly LockEntry[],
): readonly Edit[] | undefined {
  const last = top.entries.at(-1);
  if (last === undefined) return undefined;
  if (!top.isFlow) {
    const lines = ofFile(text, 'stages:\n') + linesFor(text, entries, newIndent);
    return [linesAt(text, endOfLines(text, last.to, 0), lines)];
  }
  const put = bracesFor(entries);
  return put === undefined ? undefined : [{ from: last.to, to: last.to, text: `, stages: ${put}` }];
}

function insteadOfNull(
  text: string,
  top: MapLayout,
  stages: EntryLayout,
  from: number | undefined,
  entries: readonly LockEntry[],
): readonly Edit[] | undefined {
  if (from === undefined) return undefined;
  const word = { from, to: stages.to, text: '' };
  if (!top.isFlow)
    return [word, linesAt(text, nextLine(text, stages.to), linesFor(text, entries, newIndent))];
  const put = bracesFor(entries);
  return put === undefined ? undefined : [{ ...word, text: from === stages.to ? ` ${put}` : put }];
}

function bracesFor(entries: readonly LockEntry[]): string | undefined {
  const puts = entries.map(inBraces);
  return puts.some((put) => put === undefined) ? undefined : `{${puts.join(', ')}}`;
}
