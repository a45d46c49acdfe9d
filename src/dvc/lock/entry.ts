import { type Document, isAlias, isCollection, isMap, isScalar, type Pair, visit } from 'yaml';
import { ExpectedFailure } from '../../errors.ts';
import {
  type EntryLayout,
  exactText,
  layoutOf,
  lineStart,
  mapLayout,
  nextLine,
  type TextLayout,
} from './layout.ts';

/** An entry of a dvc.lock by itself: whole lines, that of the name first, below no other key. */
export interface LockEntry {
  readonly name: string;
  readonly text: string;
  /** The exact text of what it says. */
  readonly value: string;
}

/** DVC's own indentation of a stage's name. */
const dvcIndent = 2;

/**
 * Reads an entry that another job gave: it must be this stage's, and nothing beside it. Throws
 * 'configuration' otherwise.
 */
export function readEntry(file: string, name: string, text: string): LockEntry {
  const value = valueAlone(text, name);
  if (value !== undefined) return { name, text, value };
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `the entry that another job gave for stage ${name} of ${file} is not one stage's entry`,
    hint: 'Run the whole workflow again; if it happens again, the baton between the jobs was changed.',
  });
}

/** What an entry says by itself; undefined if that is no map, or not all that is there. */
function valueAlone(text: string, name: string): string | undefined {
  if (!/^ +[^\s#]/.test(text)) return undefined;
  const found = entryAlone(text);
  if (found?.entry.name !== name || !isMap(found.entry.pair.value)) return undefined;
  return exactText(found.layout.document, found.entry.pair.value);
}

interface EntryAlone {
  readonly layout: TextLayout;
  readonly entry: EntryLayout;
}

function entryAlone(text: string): EntryAlone | undefined {
  const layout = layoutOf(`stages:\n${text}`);
  const [stages, ...sections] = layout?.top.entries ?? [];
  const map = isMap(stages?.pair.value) ? mapLayout(stages.pair.value) : undefined;
  const [entry, ...others] = map?.entries ?? [];
  return layout && entry && sections.length + others.length === 0 ? { layout, entry } : undefined;
}

/**
 * An entry as it stands in a text, for another file: DVC's own text of it, so that a merged file is
 * byte for byte as DVC would have it. Of what refers to other entries the values are put in.
 */
export function takeEntry(
  text: string,
  document: Document,
  { name, from, to, pair }: EntryLayout,
): string {
  const start = lineStart(text, from);
  const isOwnLines = /^ +$/.test(text.slice(start, from));
  const written = isOwnLines
    ? text.slice(start, nextLine(text, to))
    : `${' '.repeat(dvcIndent)}${text.slice(from, to)}`;
  const lines = indented(`${written.replaceAll('\r\n', '\n').replace(/\n$/, '')}\n`, dvcIndent);
  if (valueAlone(lines, name) === exactText(document, pair.value)) return lines;
  return `${' '.repeat(dvcIndent)}${inOneLine(document, pair)}\n`;
}

/** An entry with its first line indented by that many blanks, and the others moved along. */
export function indented(entry: string, indent: number): string {
  const more = indent - entry.search(/[^ ]/);
  if (more === 0) return entry;
  const less = new RegExp(`^ {0,${-more}}`);
  const move = (line: string) => (more > 0 ? ' '.repeat(more) + line : line.replace(less, ''));
  return entry
    .split('\n')
    .map((line) => (line === '' ? line : move(line)))
    .join('\n');
}

/** An entry as it is written within `{ }`. */
export function inBraces({ text }: LockEntry): string | undefined {
  const found = entryAlone(text);
  return found && inOneLine(found.layout.document, found.entry.pair);
}

/** Every scalar keeps its text and its quotes: none is read and printed again. */
function inOneLine(document: Document, pair: Pair): string {
  const copy = document.clone() as Document;
  const map = copy.createNode({});
  if (!isMap(map)) throw new Error('a map is no map');
  (map.items as unknown[]).push(pair.clone());
  // Anchors of the copy would be other ones' below a second entry.
  visit(map, {
    Alias: (_, alias) => {
      const target = alias.resolve(document);
      if (target) return target.clone() as typeof target;
      return undefined;
    },
  });
  visit(map, {
    Node: (_, node) => {
      node.comment = null;
      node.commentBefore = null;
      node.spaceBefore = false;
      if (!isAlias(node)) delete node.anchor;
      if (isCollection(node)) node.flow = true;
      if (isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')) {
        node.type = 'QUOTE_DOUBLE';
      }
    },
  });
  map.flow = true;
  copy.contents = map as typeof copy.contents;
  copy.comment = null;
  copy.commentBefore = null;
  const options = { lineWidth: 0, flowCollectionPadding: false, directives: false } as const;
  return copy
    .toString(options)
    .trim()
    .replace(/^\{(.*)\}$/s, '$1');
}
