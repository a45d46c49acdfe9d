import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLParseError,
} from 'yaml';
import { NotUnderstood } from '../../text/not-understood.ts';
import { conflictMark, NodeMaker, YamlFault, type YamlNode } from './node.ts';
import { plainScalar } from './scalar.ts';

/**
 * Parses a text that js-yaml refused with `fault`. A `]` or a quote that is not indented is fine for
 * DVC's parser: with the first alone the tree is given. Throws YamlFault for what no parser reads,
 * NotUnderstood where DVC's may read what this one does not.
 */
export function parseLeniently(text: string, fault: YamlFault): YamlNode | undefined {
  if (/depth|nesting/i.test(fault.reason) || mayBeDeep(text)) {
    throw new NotUnderstood('YAML of very many levels');
  }
  if (text.length > maxLength) {
    if (conflictMark.test(text)) throw fault;
    throw new NotUnderstood(`a long file that may not be valid YAML (${fault.reason})`);
  }
  const document = parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    // Each of many errors in a long line would be shown with that line.
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    if (/^Comments must be separated/.test(error.message)) {
      throw new NotUnderstood('a comment without a blank before it');
    }
    if (/[|>]/.test(text[error.pos[0]] ?? ''))
      throw new NotUnderstood('a block without indentation');
    if (mayBeClosedLater(text, error))
      throw new NotUnderstood('a text or list without indentation');
    const reason = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
    throw new YamlFault(reason, error.pos[0]);
  }
  if (fault.reason !== 'deficient indentation' || text.includes('\t')) {
    throw new NotUnderstood(`YAML that may not be valid (${fault.reason})`);
  }
  return convert(document, text);
}

/** The other parser takes up to ten seconds per megabyte for what is not YAML. */
const maxLength = 64_000;

/** Its recursion aborts Node beyond some 1000 levels: V8 cannot compile a pattern there. */
const maxLevels = 500;

/** Of collections in brackets, and of blocks: two may start in one column, and some in one line. */
export function mayBeDeep(text: string): boolean {
  let levels = text.match(/[[{]/g)?.length ?? 0;
  let indent = 0;
  let inLine = 0;
  for (const line of text.split('\n')) {
    indent = Math.max(indent, line.search(/\S|$/));
    inLine = Math.max(inLine, line.match(/[-?:](?=\s|$)/g)?.length ?? 0);
  }
  levels += 2 * indent + inLine;
  return levels > maxLevels;
}

/** Whether what seems not to be closed is closed on a line that is not indented. */
function mayBeClosedLater(text: string, { message, pos }: YAMLParseError): boolean {
  const closing = /end with a ([\]}])|Missing closing (["'])/.exec(message);
  const char = closing?.[1] ?? closing?.[2];
  return char !== undefined && text.indexOf(char, pos[0]) !== -1;
}

function convert(document: Document, source: string): YamlNode | undefined {
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
    const isQuoted = part.type === 'QUOTE_DOUBLE' || part.type === 'QUOTE_SINGLE';
    const written = source.slice(part.range?.[0], part.range?.[1]);
    // This parser ends a text that is not closed with its line; others read on.
    if (isQuoted && !/^(?:'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*")$/.test(written)) {
      throw new NotUnderstood('a text or list without indentation');
    }
    return { kind: 'scalar', start, value: part.type === 'PLAIN' ? plainScalar(text) : text };
  };
  return document.contents === null ? undefined : node(document.contents, 0);
}

/** What the failsafe schema gives each node; written tags are others or cannot be told from them. */
const standardTags = new Set(['tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq']);
