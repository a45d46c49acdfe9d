import { NotUnderstood } from '../../text/not-understood.ts';
import { keyText, Opaque, type Value, type ValueMap } from '../value.ts';

/** A node of a YAML file; `start` is its offset in the text. */
export type YamlNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly start: number;
  readonly value: Value;
}

export interface ListNode {
  readonly kind: 'list';
  readonly start: number;
  readonly items: readonly YamlNode[];
}

export interface MapNode {
  readonly kind: 'map';
  readonly start: number;
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: YamlNode;
}

/** A fault in a YAML text that DVC's parser would refuse too. */
export class YamlFault extends Error {
  readonly reason: string;
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.reason = reason;
    this.offset = offset;
  }
}

/** What git leaves in a file that it could not merge. */
export const conflictMark = /^[<=>]{7}(?: |$)/m;

/** More values than this from one file, its aliases written out, are left to DVC. */
const maxExpandedSize = 1_000_000;

/** Makes the collections of one file; what an alias names is shared by all that refer to it. */
export class NodeMaker {
  private readonly anchors = new Map<string, YamlNode | 'open'>();
  /** How many values a collection holds when its aliases are written out. */
  private readonly sizes = new Map<YamlNode, number>();

  list(start: number, items: readonly YamlNode[]): ListNode {
    for (const item of items) refuseOpaque(item);
    return this.sized({ kind: 'list', start, items }, items);
  }

  /** Merges what merge keys (`<<`) name, as ruamel.yaml's safe loader does. */
  map(start: number, pairs: readonly (readonly [YamlNode, YamlNode])[]): MapNode {
    const entries = mergeEntries(pairs);
    for (const { value } of entries) refuseOpaque(value);
    return this.sized(
      { kind: 'map', start, entries },
      entries.map((entry) => entry.value),
    );
  }

  /** To be called before the items of a collection with an anchor are made. */
  openAnchor(name: string): void {
    this.anchors.set(name, 'open');
  }

  anchor(name: string, node: YamlNode): void {
    this.anchors.set(name, node);
  }

  alias(name: string, start: number): YamlNode {
    const target = this.anchors.get(name);
    if (target === undefined) throw new YamlFault(`there is no anchor &${name}`, start);
    if (target === 'open') throw new NotUnderstood('an alias inside its own anchor');
    return target;
  }

  private sized<T extends ListNode | MapNode>(node: T, children: readonly YamlNode[]): T {
    const size = children.reduce((sum, child) => sum + (this.sizes.get(child) ?? 1), 1);
    if (size > maxExpandedSize) {
      throw new NotUnderstood(`more than ${maxExpandedSize} values in one file`);
    }
    this.sizes.set(node, size);
    return node;
  }
}

/** What ruamel may refuse wherever it stands: a file with it may be none for DVC. */
function refuseOpaque(node: YamlNode): void {
  if (node.kind !== 'scalar' || !(node.value instanceof Opaque)) return;
  if (node.value.what !== 'a date') throw new NotUnderstood(node.value.what);
}

/** Entries of a mapping; those of `<<` come first and give way to the mapping's own. */
function mergeEntries(pairs: readonly (readonly [YamlNode, YamlNode])[]): readonly MapEntry[] {
  const own = new Map<Value, MapEntry>();
  const merged = new Map<Value, MapEntry>();
  for (const [key, value] of pairs) {
    if (key.kind !== 'scalar' || (key.value instanceof Opaque && key.value.text !== '<<')) {
      throw new NotUnderstood('a mapping key that is not a simple value');
    }
    if (key.value instanceof Opaque) {
      if (merged.size > 0) throw new YamlFault('a second merge key (<<)', key.start);
      for (const entry of mergedEntries(value)) merged.set(identity(entry.key.value), entry);
      continue;
    }
    const same = identity(key.value);
    if (own.has(same)) {
      // Beside a merge key ruamel does not mind.
      if (merged.size > 0) throw new NotUnderstood('a key twice beside a merge key');
      throw new YamlFault(`the key ${keyText(key.value)} is there twice`, key.start);
    }
    own.set(same, { key, value });
  }
  if (merged.size === 0) return [...own.values()];
  for (const [key, entry] of own) merged.set(key, entry);
  return [...merged.values()];
}

/** In Python `1`, `1.0` and `True` are one key. */
function identity(key: Value): Value {
  if (typeof key === 'boolean') return BigInt(key);
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
}

/** Of a list of mappings the first has the last word, so its entries come last. */
function mergedEntries(value: YamlNode): readonly MapEntry[] {
  if (value.kind === 'map') return value.entries;
  if (value.kind === 'scalar') throw new YamlFault('a merge key needs a mapping', value.start);
  return value.items.toReversed().flatMap((item) => {
    if (item.kind !== 'map') throw new YamlFault('a merge key needs mappings', item.start);
    return item.entries;
  });
}

const values = new WeakMap<YamlNode, Value>();

/** The value of a node; nodes that aliases share share their value. */
export function nodeValue(node: YamlNode): Value {
  if (node.kind === 'scalar') return node.value;
  const known = values.get(node);
  if (known !== undefined) return known;
  const value: Value = node.kind === 'list' ? node.items.map(nodeValue) : mapValue(node);
  values.set(node, value);
  return value;
}

function mapValue({ entries }: MapNode): ValueMap {
  return new Map(entries.map((entry) => [entry.key.value, nodeValue(entry.value)]));
}

/** The entry of a map node with that key; undefined for another node or an absent key. */
export function entryOf(node: YamlNode | undefined, key: string): MapEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  return node.entries.find((entry) => entry.key.value === key);
}
