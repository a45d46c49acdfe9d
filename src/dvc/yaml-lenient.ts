import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLParseError,
} from 'yaml';
import { NotUnderstood } from './not-understood.ts';
import { NodeMaker, YamlFault, type YamlNode } from './yaml-node.ts';
import { plainScalar } from './yaml-scalar.ts';

/**
 * Parses a text that js-yaml refused with `fault`. A `]` or a quote that is not indented is fine for
 * DVC's parser: with the first alone the tree is given. Throws YamlFault for what no parser reads,
 * NotUnderstood where DVC's may read what this one does not.
 */
export function parseLeniently(text: string, fault: YamlFault): YamlNode | undefined {
  if (/depth|nesting/i.test(fault.reason)) throw new NotUnderstood('YAML of very many levels');
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) {
    if (mayBeClosedLater(text, error))
      throw new NotUnderstood('a text or list without indentation');
    const reason = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    throw new YamlFault(reason, error.pos[0]);
  }
  if (fault.reason !== 'deficient indentation' || text.includes('\t')) {
    throw new NotUnderstood(`YAML that may not be valid (${fault.reason})`);
  }
  return convert(document);
}

/** Whether what seems not to be closed is closed on a line that is not indented. */
function mayBeClosedLater(text: string, { message, pos }: YAMLParseError): boolean {
  const closing = /end with a ([\]}])|Missing closing (["'])/.exec(message);
  const char = closing?.[1] ?? closing?.[2];
  return char !== undefined && text.indexOf(char, pos[0]) !== -1;
}

function convert(document: Document): YamlNode | undefined {
  const maker = new NodeMaker();
  const node = (part: unknown, before: number): YamlNode => {
    const start = (part as { range?: [number, number, number] } | null)?.range?.[0] ?? before;
    if (isAlias(part)) return maker.alias(part.source, start);
    const { anchor, tag } = (part ?? {}) as { anchor?: string; tag?: string };
    if (tag !== undefined && !standardTags.has(tag)) throw new NotUnderstood(`the tag ${tag}`);
    if (anchor !== undefined) maker.openAnchor(anchor);
    const made = build(part, start);
    if (anchor !== undefined) maker.anchor(anchor, made);
    return made;
  };
  const build = (part: unknown, start: number): YamlNode => {
    if (isSeq(part))
      return maker.list(
        start,
        part.items.map((item) => node(item, start)),
      );
    if (isMap(part)) {
      return maker.map(
        start,
        part.items.map((pair) => [node(pair.key, start), node(pair.value, start)]),
      );
    }
    if (!isScalar(part)) return { kind: 'scalar', start, value: null };
    const text = String(part.value ?? '');
    return { kind: 'scalar', start, value: part.type === 'PLAIN' ? plainScalar(text) : text };
  };
  return document.contents === null ? undefined : node(document.contents, 0);
}

/** What the failsafe schema gives each node; written tags are others or cannot be told from them. */
const standardTags = new Set(['tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq']);
