import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { NotUnderstood } from './not-understood.ts';
import { keyText, Opaque, type Value, type ValueMap } from './value.ts';
import { plainScalar } from './yaml-scalar.ts';

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

/** More values than this from one file, its aliases written out, are left to DVC. */
const maxExpandedSize = 1_000_000;

/**
 * The tree of a YAML text, undefined for a text without content. Aliases share the node of their
 * anchor, and merge keys (`<<`) are merged as ruamel.yaml's safe loader does. Throws YamlFault for
 * what is not YAML, NotUnderstood for tags and other constructs that DVC's parser may accept.
 */
export function parseYamlTree(text: string): YamlNode | undefined {
  return new TreeBuilder(text).build();
}

class TreeBuilder {
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly anchors = new Map<string, YamlNode | 'open'>();
  /** How many values a collection holds when its aliases are written out. */
  private readonly sizes = new Map<YamlNode, number>();
  private next = 0;
  private lastOffset = 0;

  constructor(text: string) {
    this.text = text;
    this.events = readEvents(text);
  }

  build(): YamlNode | undefined {
    const [document] = this.events;
    if (document === undefined) return undefined;
    if (document.type === EVENT_ID.DOCUMENT && document.directives.length > 0) {
      throw new NotUnderstood('a YAML directive');
    }
    this.next = 1;
    if (this.events[1]?.type === EVENT_ID.POP) return undefined;
    const root = this.node();
    const rest = this.events.slice(this.next + 1);
    if (rest.length > 0) throw new YamlFault('there is more than one document in the file', 0);
    return root;
  }

  private node(): YamlNode {
    const event = this.events[this.next++];
    switch (event?.type) {
      case EVENT_ID.ALIAS: {
        const name = this.text.slice(event.anchorStart, event.anchorEnd);
        const target = this.anchors.get(name);
        if (target === undefined) throw new YamlFault(`no anchor &${name}`, event.anchorStart);
        if (target === 'open') throw new NotUnderstood('an alias inside its own anchor');
        return target;
      }
      case EVENT_ID.SCALAR: {
        const node = this.scalar(event);
        return this.anchored(event, node);
      }
      case EVENT_ID.SEQUENCE: {
        const tag = this.tag(event);
        if (tag !== undefined && tag !== '!!seq') throw new NotUnderstood(`the tag ${tag}`);
        this.openAnchor(event);
        const items: YamlNode[] = [];
        while (this.events[this.next]?.type !== EVENT_ID.POP) items.push(this.node());
        this.next++;
        return this.anchored(event, this.sized({ kind: 'list', start: event.start, items }, items));
      }
      case EVENT_ID.MAPPING: {
        const tag = this.tag(event);
        if (tag !== undefined && tag !== '!!map') throw new NotUnderstood(`the tag ${tag}`);
        this.openAnchor(event);
        const pairs: [YamlNode, YamlNode][] = [];
        while (this.events[this.next]?.type !== EVENT_ID.POP)
          pairs.push([this.node(), this.node()]);
        this.next++;
        const entries = mergeEntries(pairs);
        const values = entries.map((entry) => entry.value);
        return this.anchored(
          event,
          this.sized({ kind: 'map', start: event.start, entries }, values),
        );
      }
      default:
        throw new NotUnderstood('a YAML construct');
    }
  }

  private scalar(event: Event & { type: typeof EVENT_ID.SCALAR }): ScalarNode {
    // A value that is not written is placed where the last thing before it was.
    const quote = quotedStyles.has(event.style) ? 1 : 0;
    const start = event.valueStart < 0 ? this.lastOffset : event.valueStart - quote;
    this.lastOffset = start;
    const text = event.valueStart < 0 ? '' : getScalarValue(this.text, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const tag = this.tag(event);
    if (tag === '!!str') return { kind: 'scalar', start, value: text };
    if (tag !== undefined)
      return { kind: 'scalar', start, value: new Opaque(`the tag ${tag}`, text) };
    // ruamel refuses some tabs outside quotes that YAML allows.
    if (isPlain && text.includes('\t')) throw new NotUnderstood('a tab in an unquoted value');
    return { kind: 'scalar', start, value: isPlain ? plainScalar(text) : text };
  }

  private tag(event: { tagStart: number; tagEnd: number }): string | undefined {
    return event.tagStart < 0 ? undefined : this.text.slice(event.tagStart, event.tagEnd);
  }

  private openAnchor(event: { anchorStart: number; anchorEnd: number }): void {
    if (event.anchorStart < 0) return;
    this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), 'open');
  }

  private anchored(event: { anchorStart: number; anchorEnd: number }, node: YamlNode): YamlNode {
    if (event.anchorStart >= 0) {
      this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  private sized(node: ListNode | MapNode, children: readonly YamlNode[]): YamlNode {
    const size = children.reduce((sum, child) => sum + (this.sizes.get(child) ?? 1), 1);
    if (size > maxExpandedSize) {
      throw new NotUnderstood(`more than ${maxExpandedSize} values in one file`);
    }
    this.sizes.set(node, size);
    return node;
  }
}

const quotedStyles: ReadonlySet<number> = new Set([
  SCALAR_STYLE.SINGLE_QUOTED,
  SCALAR_STYLE.DOUBLE_QUOTED,
]);

function readEvents(text: string): readonly Event[] {
  try {
    return parseEvents(text, {});
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { position: number } };
    if (reason === undefined) throw error;
    throw new YamlFault(reason, mark?.position ?? 0);
  }
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
  const value: Value =
    node.kind === 'list'
      ? node.items.map(nodeValue)
      : (new Map(
          node.entries.map((entry) => [entry.key.value, nodeValue(entry.value)]),
        ) as ValueMap);
  values.set(node, value);
  return value;
}

/** The entry of a map node with that key; undefined for another node or an absent key. */
export function entryOf(node: YamlNode | undefined, key: string): MapEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  return node.entries.find((entry) => entry.key.value === key);
}
