import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
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
import type { KeyPath } from './key-path.ts';
import { hasManyLevels } from './yaml-levels.ts';
import { YamlNeeds } from './yaml-needs.ts';
import { YamlOutline } from './yaml-outline.ts';

/** The parser takes seconds for more. */
const maxLength = 1_000_000;

/**
 * What other parsers take for the end of a line (YAML 1.1: NEL, LS and PS), a lone carriage return,
 * and a byte order mark that is not at the start.
 */
const oddBreaks = /[\u0085\u2028\u2029]|\r(?!\n)|(?!^)\uFEFF/;

/**
 * A YAML text without the entries that no path needs: the rest is the text's own, so that every
 * parser reads from it what it reads from the whole. Throws CannotCut.
 */
export function cutYaml(text: string, paths: readonly KeyPath[]): string {
  if (text.length > maxLength) throw new CannotCut(`it is longer than ${maxLength} characters`);
  if (hasManyLevels(text)) throw new CannotCut('it has very many levels');
  if (oddBreaks.test(text)) throw new CannotCut('it holds a line break that not all parsers know');
  const document = parse(text);
  refuseKeysOfVersion(document);
  const needs = new YamlNeeds(document, paths);
  const copy = needs.isEmpty ? '{}\n' : cutRoot(document, text, needs);
  const [before, after] = [new YamlOutline(document), new YamlOutline(parse(copy))];
  if (paths.every((path) => before.at(path) === after.at(path))) return copy;
  throw new CannotCut('a part of it would mean something else without the rest');
}

function cutRoot({ contents }: Document, text: string, needs: YamlNeeds): string {
  const ranges: Range[] = [];
  cutMap(contents as unknown as YAMLMap, 0, { text, needs, ranges });
  return withoutRanges(text, ranges);
}

function parse(text: string): Document {
  const options = {
    keepSourceTokens: true,
    uniqueKeys: false,
    schema: 'failsafe',
    prettyErrors: false,
  } as const;
  const document = parseDocument(text, options);
  const [error] = document.errors;
  if (error) throw new CannotCut('it may not be valid YAML');
  return document;
}

/** After `%YAML 1.1` DVC takes `on` for True and `010` for 8: which key is meant is not known here. */
function refuseKeysOfVersion(document: Document): void {
  const { explicit, version } = document.directives?.yaml ?? {};
  if (!explicit || version === '1.2') return;
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.type !== 'PLAIN') return;
      if (!/^(?:[yn]|yes|no|on|off|true|false|null|~|[-+.\d].*)$/i.test(key.source ?? '')) return;
      throw new CannotCut(`what the key ${key.source} is depends on the version of YAML`);
    },
  });
}

interface Cut {
  readonly text: string;
  readonly needs: YamlNeeds;
  readonly ranges: Range[];
}

/** `floor` is where what stands before the mapping ends. */
function cutMap(map: YAMLMap, floor: number, cut: Cut): void {
  const places = map.items.map((pair) => ({
    pair,
    range: pairRange(pair),
    isKept: cut.needs.has(map, pair),
  }));
  cut.ranges.push(...(map.flow ? entryRanges(places) : lineRanges(places, floor, cut.text)));
  for (const { pair, isKept } of places) {
    const value = pair.value;
    if (isKept && isMap(value) && !cut.needs.isWhole(value)) cutMap(value, colonEnd(pair), cut);
  }
}

/** Entries on lines of their own go with the lines, and with the comment that belongs to them. */
function lineRanges(
  places: readonly { range: Range; isKept: boolean }[],
  floor: number,
  text: string,
): Range[] {
  const heads = places.map(({ range: [from] }, at) => {
    const start = lineStart(text, from);
    if (text.slice(start, from).trim() !== '')
      throw new CannotCut('two of its entries share a line');
    return commentAbove(
      text,
      start,
      from - start,
      at === 0 ? floor : (places[at - 1]?.range[1] ?? floor),
    );
  });
  return places.flatMap(({ range: [from, to], isKept }, at): Range[] => {
    if (isKept) return [];
    const head = heads[at] ?? from;
    const column = from - lineStart(text, from);
    return [[head, heads[at + 1] ?? restBelow(text, lineEnd(text, to), column)]];
  });
}

function pairRange(pair: Pair): Range {
  const { start = [], key, sep = [] } = pair.srcToken ?? {};
  const properties = start.filter(({ type }) =>
    ['anchor', 'tag', 'explicit-key-ind'].includes(type),
  );
  const first = properties[0] ?? key ?? sep.find(({ type }) => type === 'map-value-ind');
  if (first === undefined || !('offset' in first))
    throw new CannotCut('it has an entry without a place');
  return [first.offset, Math.max(nodeEnd(pair.key), colonEnd(pair), nodeEnd(pair.value))];
}

/** Behind the colon and what stands there of the value: its anchor and its tag. */
function colonEnd(pair: Pair): number {
  const parts = pair.srcToken?.sep ?? [];
  const ends = parts
    .filter(({ type }) => ['map-value-ind', 'anchor', 'tag'].includes(type))
    .map(({ offset, source }) => offset + source.length);
  return Math.max(nodeEnd(pair.key), ...ends);
}

/** Behind the last of a node that is not a comment or a blank. */
function nodeEnd(node: unknown): number {
  if (!isNode(node)) return 0;
  const end = (node as Node).range?.[1] ?? 0;
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1);
    return last ? pairRange(last)[1] : end;
  }
  if (isSeq(node) && !node.flow) {
    const last = node.items.at(-1);
    return isNode(last) && nodeEnd(last) > 0 ? nodeEnd(last) : end;
  }
  return end;
}
