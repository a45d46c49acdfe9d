import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { mayBeDeep } from '../yaml/lenient.ts';

/** A part of a text, by offsets. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** An entry of a map as it is written: from its key to the end of its value, without comments after it. */
export interface EntryLayout extends Extent {
  readonly name: string;
  readonly pair: Pair;
}

/** A map as it is written. */
export interface MapLayout {
  readonly isFlow: boolean;
  /** Where its first character is. */
  readonly from: number;
  readonly entries: readonly EntryLayout[];
}

/** A text that has a map at its top, as the document that its nodes belong to and as it is written. */
export interface TextLayout {
  readonly document: Document;
  readonly top: MapLayout;
}

/**
 * Where the parts of a YAML text are; undefined where that cannot be told. Values are not read: every
 * scalar is its text.
 */
export function layoutOf(text: string): TextLayout | undefined {
  if (mayBeDeep(text)) return undefined;
  const document = parseDocument(text, {
    schema: 'failsafe',
    keepSourceTokens: true,
    prettyErrors: false,
  });
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  if (expandedSize(document as Document) > maxExpandedSize) return undefined;
  const top = mapLayout(document.contents);
  return top && { document: document as Document, top };
}

/** More values than this, its aliases written out, are too many to look at. */
const maxExpandedSize = 1_000_000;

/** How many values there are when aliases are written out; without end for one within its own anchor. */
function expandedSize(document: Document): number {
  const sizes = new Map<unknown, number>();
  const size = (node: unknown): number => {
    const known = sizes.get(node);
    if (known !== undefined) return known;
    if (isAlias(node)) return size(node.resolve(document));
    if (isPair(node)) return size(node.key) + size(node.value);
    if (!isCollection(node)) return 1;
    sizes.set(node, Number.POSITIVE_INFINITY);
    const sum = node.items.reduce((total: number, item) => total + size(item), 1);
    sizes.set(node, sum);
    return sum;
  };
  return size(document.contents);
}

/** Undefined for a map with an entry whose extent is unknown. */
export function mapLayout(map: YAMLMap): MapLayout | undefined {
  const [from] = map.range ?? [];
  if (from === undefined) return undefined;
  const entries = map.items.map((item) => (isPair(item) ? entryLayout(item) : undefined));
  if (entries.some((entry) => entry === undefined)) return undefined;
  return { isFlow: map.flow === true, from, entries: entries.filter((entry) => !!entry) };
}

function entryLayout(pair: Pair): EntryLayout | undefined {
  const { key, srcToken } = pair;
  const at = isScalar(key) ? key.range?.[0] : undefined;
  const to = endOf(pair);
  if (!isScalar(key) || at === undefined || to === undefined) return undefined;
  const between: readonly string[] = ['space', 'newline', 'comment', 'comma'];
  const first = srcToken?.start.find(({ type }) => !between.includes(type));
  return { name: String(key.value), from: Math.min(first?.offset ?? at, at), to, pair };
}

/** Where the last character of a node is followed by what is not its own. */
function endOf(node: unknown): number | undefined {
  if (isPair(node)) return endOf(node.value) ?? endOf(node.key);
  if (isCollection(node) && !node.flow) return endOf(node.items.at(-1));
  if (isCollection(node) || isScalar(node) || isAlias(node)) return node.range?.[1];
  return undefined;
}

/** Where the line of an offset begins. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the line after that of an offset begins; at a line's beginning it is that line itself. */
export function nextLine(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at;
  return text.indexOf('\n', at) + 1 || text.length;
}

/**
 * What a node says, as text: its structure, and each scalar as it is written, with a mark of whether
 * quotes make it a text. What an alias names is written out.
 */
export function exactText(document: Document, node: unknown): string {
  const below = (part: unknown) => exactText(document, part);
  if (isAlias(node)) return below(node.resolve(document));
  const tag = isScalar(node) || isCollection(node) ? (node.tag ?? '') : '';
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => `${below(key)}:${below(value)}`);
    return `${tag}{${entries.join(',')}}`;
  }
  if (isCollection(node)) return `${tag}[${node.items.map(below).join(',')}]`;
  if (!isScalar(node)) return '';
  const text = String(node.value ?? '');
  return `${tag}${node.type === 'PLAIN' ? '' : 'text '}${JSON.stringify(text)}`;
}
