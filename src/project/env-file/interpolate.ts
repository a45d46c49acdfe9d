/** The value of a variable; undefined when it is not set, which differs from empty. */
export type Lookup = (name: string) => string | undefined;

/** A value that refers to variables in a way that cannot be read, or asks for one that is not set. */
export class InterpolationError extends Error {}

type Operator = ':?' | '?' | ':-' | '-' | ':+' | '+';
/** In the order in which Compose tries them where none is in the text. */
const operators: readonly Operator[] = [':?', '?', ':-', '-', ':+', '+'];

const pattern =
  /\$(?:(?<escaped>\$)|(?<named>[_a-z][_a-z0-9]*)|\{(?:(?<braced>[_a-z][_a-z0-9]*(?::?[-+?][^\n]*)?)\}|))/giu;

/**
 * Puts the values of variables in place of `$A`, `${A}`, `${A:-default}`, `${A:+instead}` and
 * `${A:?why}`, and `$` in place of `$$`, as Docker Compose does (compose-go v2.16, package template):
 * also where it is odd, for both have to read the same file the same way. Throws InterpolationError.
 */
export function interpolate(text: string, lookup: Lookup): string {
  return interpolated(text, lookup, 0);
}

/** References within references and behind others of one line: what has more is written by no person. */
const mostNested = 500;

function interpolated(text: string, lookup: Lookup, depth: number): string {
  if (depth > mostNested) {
    throw new InterpolationError(`more than ${mostNested} references to variables in one line`);
  }
  return text.replace(pattern, (found) => substitute(found, lookup, depth + 1));
}

function substitute(found: string, lookup: Lookup, depth: number): string {
  // Of several operators the first decides, also where it is behind the brace that closes.
  const operator = firstOperator(found);
  // The pattern goes to the last brace of the line; what is behind the first that closes is text.
  const end = closingBrace(found);
  const whole = end < 0 ? found : found.slice(0, end + 1);
  const rest = end < 0 ? '' : found.slice(end + 1);
  const { escaped, named, braced } = new RegExp(pattern, 'iu').exec(whole)?.groups ?? {};
  if (escaped !== undefined) return escaped;
  if (braced === undefined) {
    if (named === undefined) throw new InterpolationError('a ${ that does not name a variable');
    return lookup(named) ?? '';
  }
  const at = braced.indexOf(operator);
  if (at < 0) return lookup(braced) ?? '';
  const name = braced.slice(0, at);
  const argument = braced.slice(at + operator.length);
  return apply(operator, name, argument, lookup, depth) + interpolated(rest, lookup, depth);
}

function apply(
  operator: Operator,
  name: string,
  argument: string,
  lookup: Lookup,
  depth: number,
): string {
  const value = lookup(name);
  const counts = operator.startsWith(':')
    ? value !== undefined && value !== ''
    : value !== undefined;
  switch (operator) {
    case ':-':
    case '-':
      return counts ? (value ?? '') : interpolated(argument, lookup, depth);
    case ':+':
    case '+':
      return counts ? interpolated(argument, lookup, depth) : (value ?? '');
    case ':?':
    case '?': {
      if (counts) return value ?? '';
      const why = interpolated(argument, lookup, depth);
      throw new InterpolationError(`it needs ${name}, which is not set${why && `: ${why}`}`);
    }
  }
}

function firstOperator(text: string): Operator {
  let first: Operator = ':?';
  let at = Number.POSITIVE_INFINITY;
  for (const operator of operators) {
    const found = text.indexOf(operator);
    if (found >= 0 && found < at) [first, at] = [operator, found];
  }
  return first;
}

/** The index of the brace that closes the first one; -1 where none does. */
function closingBrace(text: string): number {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '}') {
      open--;
      if (open === 0) return at;
    }
    if (text[at] === '{') {
      open++;
      at++;
    }
  }
  return -1;
}
