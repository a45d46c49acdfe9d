import { parse as parseJsonTree } from '@humanwhocodes/momoa';

/** Marks a number that strict JSON cannot say; a private-use character that no metrics file has. */
const mark = '\uf8fe';

export interface JsonError {
  readonly cause: string;
  /** Where reading stopped, counting from 0. */
  readonly offset: number;
}

/**
 * Parses JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` are numbers (json.dumps allows
 * them by default), and an integer that a double cannot hold is a bigint. Throws RangeError for
 * nesting beyond the stack.
 */
export function parseLenientJson(
  text: string,
): { readonly value: unknown } | { readonly error: JsonError } {
  const special = specialNumbers(text);
  // Of the same length first, so that a syntax error's position is right.
  const strict = replaced(text, special, (token) => '0'.padEnd(token.length));
  try {
    const value = JSON.parse(strict);
    if (special.length === 0) return { value };
  } catch (error) {
    if (error instanceof SyntaxError) return { error: located(strict, error) };
    throw error;
  }
  const marked = replaced(text, special, (token) => JSON.stringify(mark + token));
  return {
    value: JSON.parse(marked, (_, value) =>
      typeof value === 'string' && value.startsWith(mark) ? numberOf(value.slice(1)) : value,
    ),
  };
}

/** Node's message without its quote of the file, and the place, which Node often leaves out. */
function located(text: string, error: SyntaxError): JsonError {
  const cause = error.message
    .replace(/ in JSON at position \d+.*$/s, '')
    .replace(/, (?:\.\.\.)?".*$/s, '')
    .replace(/'([\n\r\t])'/, (_, character) => JSON.stringify(character));
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position !== undefined) return { cause, offset: Number(position) };
  try {
    parseJsonTree(text);
  } catch (found) {
    const { offset } = found as { offset?: number };
    if (offset !== undefined && offset > 0) return { cause, offset };
  }
  return { cause, offset: text.length };
}

type Span = readonly [start: number, end: number];

/** The places, outside strings, of non-finite numbers and of integers with 16 or more digits. */
function specialNumbers(text: string): Span[] {
  const spans: Span[] = [];
  const token = /"|-?Infinity\b|NaN\b|-?\d[\w.+-]*/g;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === '"') token.lastIndex = stringEnd(text, match.index);
    else if (/^(?:-?Infinity|NaN|-?\d{16,})$/.test(match[0])) {
      spans.push([match.index, token.lastIndex]);
    }
  }
  return spans;
}

/** The offset behind the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function replaced(text: string, spans: readonly Span[], by: (token: string) => string): string {
  let result = '';
  let from = 0;
  for (const [start, end] of spans) {
    result += text.slice(from, start) + by(text.slice(start, end));
    from = end;
  }
  return result + text.slice(from);
}

function numberOf(token: string): unknown {
  if (/^-?\d{1,1000}$/.test(token)) return BigInt(token);
  return Number(token);
}
