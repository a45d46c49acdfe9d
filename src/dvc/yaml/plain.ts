import { NodeMaker, type ScalarNode, type YamlNode } from './node.ts';
import { plainScalar } from './scalar.ts';

/**
 * One line: blanks, a dash, a key, a value. Of plain values only those whose meaning needs no second
 * look: no `:` or `#`, and a letter, digit, `_`, `.` or `/` first.
 */
const linePattern =
  /( *)(- )?(?:([A-Za-z_][\w./@-]{0,199}):(?: (?=[^ \n])|(?=\n|$)))?(?:([\w./](?:[ !"$-9;-~]*[!"$-9;-~])?)|'([ -&(-~]*)')?(?:\n|$)/y;

interface Line {
  readonly offset: number;
  indent: number;
  isItem: boolean;
  readonly key: string | undefined;
  readonly plain: string | undefined;
  readonly quoted: string | undefined;
}

/**
 * The tree of a text that has nothing but keys, values and lists on lines of their own, as DVC
 * writes dvc.lock; undefined for any other text, even a wrong one. It is what `parseYamlTree` would
 * give without it, three times as fast.
 */
export function parsePlainYaml(text: string): YamlNode | undefined {
  const lines = readLines(text);
  if (lines === undefined) return undefined;
  const reader = new PlainReader(lines);
  try {
    return reader.read();
  } catch {
    // The full parser says what is wrong, and where it would begin to be.
    return undefined;
  }
}

function readLines(text: string): Line[] | undefined {
  const lines: Line[] = [];
  linePattern.lastIndex = 0;
  for (let offset = 0; offset < text.length; offset = linePattern.lastIndex) {
    const match = linePattern.exec(text);
    const [, blanks = '', dash, key, plain, quoted] = match ?? [];
    if (key === undefined && (dash === undefined || (plain ?? quoted) === undefined)) {
      return undefined;
    }
    const isItem = dash !== undefined;
    lines.push({ offset, indent: blanks.length, isItem, key, plain, quoted });
  }
  return lines;
}

class NotPlain extends Error {}

class PlainReader {
  private readonly lines: readonly Line[];
  private readonly maker = new NodeMaker();
  private next = 0;

  constructor(lines: readonly Line[]) {
    this.lines = lines;
  }

  read(): YamlNode | undefined {
    const [first] = this.lines;
    if (first === undefined) return undefined;
    const root = this.block(first);
    if (this.next < this.lines.length) throw new NotPlain();
    return root;
  }

  private block(first: Line): YamlNode {
    return first.isItem ? this.list(first) : this.map(first);
  }

  private list({ offset, indent }: Line): YamlNode {
    const items: YamlNode[] = [];
    for (let line = this.at(indent, true); line; line = this.at(indent, true)) {
      if (line.key === undefined) {
        items.push(scalar(line, indent + 2));
        this.next++;
        continue;
      }
      // What follows the dash is the first line of a mapping.
      line.indent += 2;
      line.isItem = false;
      items.push(this.map(line));
    }
    return this.maker.list(offset + indent, items);
  }

  private map(first: Line): YamlNode {
    const { indent } = first;
    const pairs: [YamlNode, YamlNode][] = [];
    for (let line = this.at(indent, false); line; line = this.at(indent, false)) {
      const { key, offset } = line;
      if (key === undefined) throw new NotPlain();
      const keyNode = { kind: 'scalar', start: offset + indent, value: plainScalar(key) } as const;
      this.next++;
      if (line.plain === undefined && line.quoted === undefined) {
        pairs.push([keyNode, this.below(indent)]);
      } else pairs.push([keyNode, scalar(line, indent + key.length + 2)]);
    }
    return this.maker.map(first.offset + indent, pairs);
  }

  /** The block that is the value of a key; a list may stand as far left as its key. */
  private below(indent: number): YamlNode {
    const first = this.lines[this.next];
    const isBelow = first && (first.indent > indent || (first.indent === indent && first.isItem));
    // A key without a value.
    if (!isBelow) throw new NotPlain();
    return this.block(first);
  }

  /** The next line, if it goes on with a block; throws where it fits no block. */
  private at(indent: number, isItem: boolean): Line | undefined {
    const line = this.lines[this.next];
    if (line === undefined || line.indent < indent) return undefined;
    if (line.indent > indent) throw new NotPlain();
    return line.isItem === isItem ? line : undefined;
  }
}

function scalar({ offset, plain, quoted }: Line, column: number): ScalarNode {
  const value = plain === undefined ? (quoted ?? '') : plainScalar(plain);
  return { kind: 'scalar', start: offset + column, value };
}
