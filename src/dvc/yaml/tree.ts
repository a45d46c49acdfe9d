import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
} from 'js-yaml';
import { NotUnderstood } from '../../text/not-understood.ts';
import { Opaque } from '../value.ts';
import { parseLeniently } from './lenient.ts';
import { NodeMaker, type ScalarNode, YamlFault, type YamlNode } from './node.ts';
import { parsePlainYaml } from './plain.ts';
import { plainScalar } from './scalar.ts';

/**
 * The tree of a YAML text, undefined for a text without content. js-yaml reads it, ten times as
 * fast as the library that is asked where js-yaml refuses: some of what it refuses DVC's parser
 * accepts, and the other one says better what is wrong. Throws YamlFault for what is not YAML,
 * NotUnderstood for tags and other constructs that DVC's parser may accept.
 */
export function parseYamlTree(text: string): YamlNode | undefined {
  return parsePlainYaml(text) ?? parseAnyYaml(text);
}

/** As `parseYamlTree`, for texts of every kind; apart so that both ways can be compared. */
export function parseAnyYaml(text: string): YamlNode | undefined {
  if (oddCharacters.test(text)) throw new NotUnderstood('a control character or odd line break');
  let events: readonly Event[];
  try {
    events = parseEvents(text, {});
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { position: number } };
    if (reason === undefined) throw error;
    return parseLeniently(text, new YamlFault(reason, mark?.position ?? 0));
  }
  return new TreeBuilder(text, events).build();
}

/**
 * Control characters, which ruamel refuses even in a comment, line breaks that are text for other
 * parsers, and a byte order mark that is not at the start.
 */
const oddCharacters = /(?![\t\n\r])[\p{Cc}\u2028\u2029]|(?!^)\ufeff/u;

class TreeBuilder {
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly maker = new NodeMaker();
  private next = 0;
  private lastOffset = 0;

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
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
    if (rest.length > 0) {
      const second = this.text.slice(this.lastOffset).search(/^---(?=\s|$)/m);
      const start = second === -1 ? 0 : this.lastOffset + second;
      throw new YamlFault('there is more than one document in the file', start);
    }
    this.refuseTabs();
    return root;
  }

  /** ruamel refuses tabs between the parts of a file, where YAML allows some. */
  private refuseTabs(): void {
    const { text } = this;
    const texts = this.events.filter(isQuotedOrBlock);
    let next = 0;
    let lineEnd = -1;
    let comment = -1;
    for (let at = text.indexOf('\t'); at !== -1; at = text.indexOf('\t', at + 1)) {
      if (at > lineEnd) {
        const lineStart = text.lastIndexOf('\n', at) + 1;
        lineEnd = (text.indexOf('\n', at) + 1 || text.length + 1) - 1;
        const mark = text.slice(lineStart, lineEnd).search(/(?<=^|\s)#/);
        comment = mark === -1 ? lineEnd : lineStart + mark;
      }
      while ((texts[next]?.valueEnd ?? Number.POSITIVE_INFINITY) <= at) next++;
      const isInText = (texts[next]?.valueStart ?? Number.POSITIVE_INFINITY) <= at;
      if (comment < at || isInText) continue;
      throw new NotUnderstood('a tab outside of a quoted text');
    }
  }

  private node(): YamlNode {
    const event = this.events[this.next++];
    switch (event?.type) {
      case EVENT_ID.ALIAS:
        return this.maker.alias(
          this.text.slice(event.anchorStart, event.anchorEnd),
          event.anchorStart,
        );
      case EVENT_ID.SCALAR:
        return this.anchored(event, () => this.scalar(event));
      case EVENT_ID.SEQUENCE: {
        const tag = this.tag(event);
        if (tag !== undefined && tag !== '!!seq') throw new NotUnderstood(`the tag ${tag}`);
        return this.anchored(event, () => {
          const items: YamlNode[] = [];
          while (this.events[this.next]?.type !== EVENT_ID.POP) items.push(this.node());
          this.next++;
          return this.maker.list(event.start, items);
        });
      }
      case EVENT_ID.MAPPING: {
        const tag = this.tag(event);
        if (tag !== undefined && tag !== '!!map') throw new NotUnderstood(`the tag ${tag}`);
        return this.anchored(event, () => {
          const pairs: [YamlNode, YamlNode][] = [];
          while (this.events[this.next]?.type !== EVENT_ID.POP) {
            this.refuseKeyOfLines();
            const key = this.node();
            this.refuseBlockBeside(key);
            pairs.push([key, this.node()]);
          }
          this.next++;
          return this.maker.map(event.start, pairs);
        });
      }
      default:
        throw new NotUnderstood('a YAML construct');
    }
  }

  /**
   * ruamel wants a key, with its anchor and tag, on one line and within 1024 characters
   * (ruamel/yaml/scanner.py, stale_possible_simple_keys); js-yaml is not as strict in `{ }`.
   */
  private refuseKeyOfLines(): void {
    const event = this.events[this.next];
    if (event?.type !== EVENT_ID.SCALAR) return;
    if (event.valueStart < 0) throw new NotUnderstood('a mapping key that is not written');
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const colon = isPlain ? /^[ \t]*:(?:\s|$)/ : /^["']?[ \t]*:/;
    if (!colon.test(this.text.slice(event.valueEnd, event.valueEnd + 100))) {
      throw new NotUnderstood('a mapping key without a colon and a blank');
    }
    const starts = [event.anchorStart, event.tagStart, event.valueStart].filter((at) => at >= 0);
    const start = Math.min(...starts);
    const isLong = event.valueEnd - start > maxKeyLength;
    if (!isLong && !/[\r\n]/.test(this.text.slice(start, event.valueEnd))) return;
    throw new NotUnderstood('a mapping key of many lines or characters');
  }

  /** After an anchor or a tag js-yaml lets a block begin in the line of its key; ruamel does not. */
  private refuseBlockBeside(key: YamlNode): void {
    const value = this.events[this.next];
    if (value?.type !== EVENT_ID.SEQUENCE && value?.type !== EVENT_ID.MAPPING) return;
    if (value.style !== COLLECTION_STYLE.BLOCK) return;
    const first = this.events[this.next + 1];
    const start = first && 'valueStart' in first ? first.valueStart : value.start;
    if (this.text.slice(key.start, Math.max(start, value.start)).includes('\n')) return;
    throw new NotUnderstood('a block in the line of its key');
  }

  private scalar(event: Event & { type: typeof EVENT_ID.SCALAR }): ScalarNode {
    const quote = quotedStyles.has(event.style) ? 1 : 0;
    // A value that is not written is placed where the last thing before it was.
    const start = event.valueStart < 0 ? this.lastOffset : event.valueStart - quote;
    this.lastOffset = start;
    const text = event.valueStart < 0 ? '' : getScalarValue(this.text, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    if (isPlain && /^[:?]/.test(text)) throw new NotUnderstood('a text that begins with : or ?');
    return scalarNode(start, text, isPlain, this.tag(event));
  }

  private tag(event: { tagStart: number; tagEnd: number }): string | undefined {
    return event.tagStart < 0 ? undefined : this.text.slice(event.tagStart, event.tagEnd);
  }

  private anchored(
    { anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number },
    make: () => YamlNode,
  ): YamlNode {
    if (anchorStart < 0) return make();
    const name = this.text.slice(anchorStart, anchorEnd);
    this.maker.openAnchor(name);
    const node = make();
    this.maker.anchor(name, node);
    return node;
  }
}

function isQuotedOrBlock(event: Event): event is Event & { type: typeof EVENT_ID.SCALAR } {
  return event.type === EVENT_ID.SCALAR && event.style !== SCALAR_STYLE.PLAIN;
}

/** With room for quotes and an anchor's `&`. */
const maxKeyLength = 1000;

const quotedStyles: ReadonlySet<number> = new Set([
  SCALAR_STYLE.SINGLE_QUOTED,
  SCALAR_STYLE.DOUBLE_QUOTED,
]);

function scalarNode(
  start: number,
  text: string,
  isPlain: boolean,
  tag: string | undefined,
): ScalarNode {
  if (tag === '!!str') return { kind: 'scalar', start, value: text };
  if (tag !== undefined) {
    return { kind: 'scalar', start, value: new Opaque(`the tag ${tag}`, text) };
  }
  return { kind: 'scalar', start, value: isPlain ? plainScalar(text) : text };
}
