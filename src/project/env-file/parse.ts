import { expandEscapes } from './escapes.ts';
import { InterpolationError, interpolate, type Lookup } from './interpolate.ts';

/** A variable that a `.env` sets, with the line that it begins in, counted from 1. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly line: number;
  /** The quotes around its value, if any. */
  readonly quote: '"' | "'" | undefined;
  /** The value as it is written, without its quotes. */
  readonly written: string;
  /** Variables that the value refers to and nothing sets. */
  readonly unset: readonly string[];
  /** Where it stands in the text, from its name (or `export`) to its value's end or closing quote. */
  readonly begin: number;
  readonly end: number;
}

type Found = Pick<Assignment, 'value' | 'written' | 'quote' | 'end'>;

/** A `.env` that cannot be read; it names no value, which may be secret. */
export class EnvFileError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export interface EnvFile {
  readonly assignments: readonly Assignment[];
  /** Names without a value: they stay as the environment has them. */
  readonly inherited: readonly { readonly name: string; readonly line: number }[];
}

/** As Go's unicode.IsSpace. */
const space = /\p{White_Space}/u;
/** A space within a line; not U+2028 and the like, which Compose takes for a part of the value. */
const inLine = /[\t\v\f\r \u0085\u00a0]/;
const nameCharacter = /[\p{L}\p{N}_.\-[\]]/u;

/**
 * Reads the text of a `.env` as Docker Compose does (compose-go v2.16, dotenv/parser.go), so that one
 * file means the same to both. `lookup` gives the environment's variables, which go before those of
 * the file where a value refers to one. Throws EnvFileError.
 */
export function parseEnvFile(text: string, lookup: Lookup): EnvFile {
  return new Reader(text, lookup).read();
}

/** The values of a parsed file; of several with one name the last counts. */
export function valuesOf({ assignments }: EnvFile): Record<string, string> {
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
}

class Reader {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #assignments: Assignment[] = [];
  readonly #inherited: { name: string; line: number }[] = [];
  readonly #values = new Map<string, string>();
  #unset: string[] = [];
  #at = 0;
  #counted = { at: 0, line: 1 };

  constructor(text: string, environment: Lookup) {
    this.#text = text;
    this.#lookup = (name) => {
      const value = environment(name) ?? this.#values.get(name);
      if (value === undefined) this.#unset.push(name);
      return value;
    };
  }

  read(): EnvFile {
    if (this.#text.startsWith('\ufeff')) this.#at = 1;
    while (this.#skipToStatement()) {
      const begin = this.#at;
      const line = this.#lineOf(begin);
      const { name, hasValue } = this.#name(line);
      if (name.includes(' ')) throw new EnvFileError(line, 'a name cannot have a space in it');
      if (!hasValue) {
        this.#inherited.push({ name, line });
        continue;
      }
      this.#unset = [];
      const found = this.#value(name, line);
      this.#values.set(name, found.value);
      this.#assignments.push({ name, line, begin, unset: this.#unset, ...found });
    }
    return { assignments: this.#assignments, inherited: this.#inherited };
  }

  /** Moves to the next character that is neither space nor in a comment; false at the end. */
  #skipToStatement(): boolean {
    for (;;) {
      this.#skip(space);
      if (this.#at >= this.#text.length) return false;
      if (this.#text[this.#at] !== '#') return true;
      this.#at = this.#endOfLine();
    }
  }

  /** Moves past a name, and what is between it and its value. */
  #name(line: number): { readonly name: string; readonly hasValue: boolean } {
    const [prefix = ''] = /^export[\t\n\f\r ]+/.exec(this.#text.slice(this.#at)) ?? [];
    if (prefix !== '') {
      this.#at += 'export'.length;
      this.#skip(inLine);
    }
    const begin = this.#at;
    for (const character of this.#text.slice(begin)) {
      if (/[=:\n]/.test(character)) break;
      if (!inLine.test(character) && !nameCharacter.test(character)) {
        throw new EnvFileError(line, `a name cannot have ${JSON.stringify(character)} in it`);
      }
      this.#at += character.length;
    }
    const name = this.#text.slice(begin, this.#at).replace(/\p{White_Space}+$/u, '');
    const hasValue = /[=:]/.test(this.#text[this.#at] ?? '');
    this.#at++;
    this.#skip(inLine);
    return { name, hasValue };
  }

  #value(name: string, line: number): Found {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") {
      const begin = this.#at;
      const endOfLine = this.#endOfLine();
      const [beforeComment = ''] = this.#text.slice(begin, endOfLine).split(' #', 1);
      const written = beforeComment.replace(/\p{White_Space}+$/u, '');
      this.#at = endOfLine + 1;
      const value = this.#interpolate(name, line, written);
      return { value, written, quote: undefined, end: begin + written.length };
    }
    const written = this.#quoted(name, line, quote);
    const value = quote === "'" ? written : this.#interpolate(name, line, expandEscapes(written));
    return { value, written, quote, end: this.#at };
  }

  /** What is between the quotes, up to the next that no backslash escapes, over any number of lines. */
  #quoted(name: string, line: number, quote: string): string {
    let isEscaped = false;
    let written = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text[at] ?? '';
      if (character === quote && !isEscaped) {
        this.#at = at + 1;
        return written;
      }
      if (character === '\\' && !isEscaped) {
        isEscaped = true;
        continue;
      }
      written += isEscaped && character !== quote ? `\\${character}` : character;
      isEscaped = false;
    }
    throw new EnvFileError(line, `the quote that opens the value of ${name} is not closed`);
  }

  #interpolate(name: string, line: number, text: string): string {
    try {
      return interpolate(text, this.#lookup);
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      throw new EnvFileError(line, `the value of ${name} cannot be made: ${error.message}`);
    }
  }

  #skip(characters: RegExp): void {
    while (characters.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  /** Counted on from where it was asked for last: a file is read from its beginning to its end. */
  #lineOf(index: number): number {
    let { at, line } = index < this.#counted.at ? { at: 0, line: 1 } : this.#counted;
    for (;;) {
      const end = this.#text.indexOf('\n', at);
      if (end < 0 || end >= index) break;
      [at, line] = [end + 1, line + 1];
    }
    this.#counted = { at, line };
    return line;
  }
}
