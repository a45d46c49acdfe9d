import { NotUnderstood } from '../../text/not-understood.ts';
import type { Value } from '../value.ts';
import { failureAt, refuseByteOrderMark } from '../yaml/source.ts';

/** A part of a JSON text, from its first character to behind its last. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  readonly value: Value;
  /** Of an object, every entry as written, in the order of the text. */
  readonly entries?: readonly JsonEntry[];
}

export interface JsonEntry {
  readonly start: number;
  readonly key: string;
  readonly value: JsonNode;
}

/**
 * A JSON text as Python's json module loads it: ints and floats are told apart, which JSON.parse
 * does not, NaN and Infinity are read, and of a key that is there twice the last counts. Throws
 * 'configuration' with the place for what is not JSON.
 */
export function parseJsonValue(file: string, text: string): Value {
  return parseJsonTree(file, text).value;
}

/** As `parseJsonValue`, with the places of values. */
export function parseJsonTree(file: string, text: string): JsonNode {
  refuseByteOrderMark({ file, text }, 'JSON');
  const reader = new JsonReader(text);
  try {
    return reader.document();
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const hint = 'Mend the line that is marked.';
    throw failureAt({ file, text }, error.offset, `not valid JSON: ${error.message}`, hint);
  }
}

const maxDepth = 500;

class JsonFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

class JsonReader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonNode {
    const node = this.node();
    this.skipSpace();
    if (this.at < this.text.length) throw new JsonFault('more than one value', this.at);
    return node;
  }

  private node(): JsonNode {
    this.skipSpace();
    const start = this.at;
    if (this.punctuation('{')) {
      const entries = this.nested(() => this.entries());
      const value = new Map(entries.map((entry) => [entry.key, entry.value.value]));
      return { start, end: this.at, value, entries };
    }
    const isList = this.punctuation('[');
    const value = isList ? this.nested(() => this.list()) : this.scalar(start);
    return { start, end: this.at, value };
  }

  private scalar(start: number): Value {
    const string = this.take(/"(?:[^"\\]|\\.)*"/y);
    if (string) return this.string(string, start);
    const special = this.take(/NaN|-?Infinity/y);
    if (special) return Number(special);
    const number = this.take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
    if (number) return /[.eE]/.test(number) ? Number(number) : BigInt(number);
    const word = this.take(/true|false|null/y);
    if (word) return word === 'null' ? null : word === 'true';
    throw new JsonFault(
      start < this.text.length ? 'a value is expected' : 'it ends too early',
      start,
    );
  }

  private nested<T>(read: () => T): T {
    // Python gives up at about a thousand.
    if (this.depth === maxDepth) throw new NotUnderstood(`JSON of more than ${maxDepth} levels`);
    this.depth++;
    const result = read();
    this.depth--;
    return result;
  }

  private entries(): JsonEntry[] {
    const entries: JsonEntry[] = [];
    if (this.punctuation('}')) return entries;
    do {
      this.skipSpace();
      const start = this.at;
      const key = this.take(/"(?:[^"\\]|\\.)*"/y);
      if (!key) throw new JsonFault('a key in double quotes is expected', start);
      this.expect(':');
      entries.push({ start, key: this.string(key, start), value: this.node() });
    } while (this.punctuation(','));
    this.expect('}');
    return entries;
  }

  private list(): Value {
    const list: Value[] = [];
    if (this.punctuation(']')) return list;
    do list.push(this.node().value);
    while (this.punctuation(','));
    this.expect(']');
    return list;
  }

  private string(token: string, start: number): string {
    try {
      return JSON.parse(token) as string;
    } catch {
      throw new JsonFault('a text holds a character that is to be escaped', start);
    }
  }

  private expect(char: string): void {
    if (!this.punctuation(char)) throw new JsonFault(`a ${char} is expected`, this.at);
  }

  private punctuation(char: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    this.take(/[ \t\n\r]*/y);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0];
    if (match !== undefined) this.at += match.length;
    return match;
  }
}
