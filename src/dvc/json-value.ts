import { NotUnderstood } from './not-understood.ts';
import { failureAt } from './source.ts';
import type { Value } from './value.ts';

/**
 * A JSON text as Python's json module loads it: ints and floats are told apart, which JSON.parse
 * does not. Throws 'configuration' with the place for what is not JSON.
 */
export function parseJsonValue(file: string, text: string): Value {
  try {
    JSON.parse(text);
  } catch (error) {
    // Python reads these, JavaScript does not.
    if (/\b(?:NaN|Infinity)\b/.test(text)) throw new NotUnderstood(`NaN or Infinity in ${file}`);
    const { message } = error as SyntaxError;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    throw failureAt(
      { file, text },
      position,
      `not valid JSON: ${message.replace(/ in JSON at position.*| \(line.*/s, '')}`,
      'Mend the line that is marked.',
    );
  }
  return new JsonReader(text).value();
}

/** Reads a text that is known to be JSON. */
class JsonReader {
  private readonly tokens: RegExp;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.tokens = /\s*([{}[\],:]|"(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)/gy;
  }

  value(token = this.token()): Value {
    if (token === '{') return this.map();
    if (token === '[') return this.list();
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null') return null;
    return /[.eE]/.test(token) ? Number(token) : BigInt(token);
  }

  private map(): Value {
    const map = new Map<Value, Value>();
    for (let token = this.token(); token !== '}'; token = this.token()) {
      if (token === ',') continue;
      this.token();
      map.set(JSON.parse(token) as string, this.value());
    }
    return map;
  }

  private list(): Value {
    const list: Value[] = [];
    for (let token = this.token(); token !== ']'; token = this.token()) {
      if (token !== ',') list.push(this.value(token));
    }
    return list;
  }

  private token(): string {
    return this.tokens.exec(this.text)?.[1] ?? '';
  }
}
