import { NotUnderstood } from './not-understood.ts';
import { failureAt } from './source.ts';
import type { Value } from './value.ts';

/**
 * A JSON text as Python's json module loads it: ints and floats are told apart, which JSON.parse
 * does not, and of a key that is there twice the last counts. Throws 'configuration' with the place
 * for what is not JSON.
 */
export function parseJsonValue(file: string, text: string): Value {
  const reader = new JsonReader(text);
  try {
    return reader.document();
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    // Python reads these.
    if (/^-?(?:NaN|Infinity)/.test(text.slice(error.offset))) {
      throw new NotUnderstood(`NaN or Infinity in ${file}`);
    }
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

  document(): Value {
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw new JsonFault('more than one value', this.at);
    return value;
  }

  private value(): Value {
    this.skipSpace();
    const start = this.at;
    if (this.punctuation('{')) return this.nested(() => this.map());
    if (this.punctuation('[')) return this.nested(() => this.list());
    const string = this.take(/"(?:[^"\\]|\\.)*"/y);
    if (string) return this.string(string, start);
    const number = this.take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
    if (number) return /[.eE]/.test(number) ? Number(number) : BigInt(number);
    const word = this.take(/true|false|null/y);
    if (word) return word === 'null' ? null : word === 'true';
    throw new JsonFault(
      start < this.text.length ? 'a value is expected' : 'it ends too early',
      start,
    );
  }

  private nested(read: () => Value): Value {
    // Python gives up at about a thousand.
    if (this.depth === maxDepth) throw new NotUnderstood(`JSON of more than ${maxDepth} levels`);
    this.depth++;
    const value = read();
    this.depth--;
    return value;
  }

  private map(): Value {
    const map = new Map<Value, Value>();
    if (this.punctuation('}')) return map;
    do {
      this.skipSpace();
      const start = this.at;
      const key = this.take(/"(?:[^"\\]|\\.)*"/y);
      if (!key) throw new JsonFault('a key in double quotes is expected', start);
      this.expect(':');
      map.set(this.string(key, start), this.value());
    } while (this.punctuation(','));
    this.expect('}');
    return map;
  }

  private list(): Value {
    const list: Value[] = [];
    if (this.punctuation(']')) return list;
    do list.push(this.value());
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
