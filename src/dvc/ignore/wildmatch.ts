/** What a pattern matches nothing for: a bracket that is not closed, or a class that is none. */
export class MalformedPattern extends Error {}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-.0-~',
  lower: 'a-z',
  print: ' -.0-~',
  punct: '!-.:-@\\[-`{-~',
  space: '\\t\\n\\r ',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/**
 * The source of a regular expression for a pattern of a `.gitignore`, both of bytes (latin1), with
 * the meaning that it has for the library DVC asks (dulwich/wildmatch.py): `*` and `?` stop at a
 * slash, only `**` alone between slashes does not. Throws MalformedPattern.
 */
export function wildmatchSource(pattern: string): string {
  if (pattern === '**') return '.*';
  const segments = splitSegments(pattern).filter(
    (segment, index, all) => segment !== '**' || all[index - 1] !== '**',
  );
  let source = '';
  for (const [index, segment] of segments.entries()) {
    if (index > 0 && segments[index - 1] !== '**') source += '/';
    if (segment !== '**') {
      source += segmentSource(segment);
      continue;
    }
    const rest = segments.slice(index + 1);
    if (rest.length === 0) source += '.*';
    else if (rest.every((each) => each === '')) source += '.*/';
    else source += index === 0 ? '(?:.*/)?' : '(?:[^/]+/)*';
  }
  return source;
}

/** A slash in brackets does not part segments. */
function splitSegments(pattern: string): string[] {
  const segments: string[] = [];
  let start = 0;
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at];
    if (char === '\\' && at + 1 < pattern.length) at += 2;
    else if (char === '[') at = bracket(pattern, at + 1).end;
    else {
      if (char === '/') {
        segments.push(pattern.slice(start, at));
        start = at + 1;
      }
      at++;
    }
  }
  return [...segments, pattern.slice(start)];
}

function segmentSource(segment: string): string {
  if (segment === '*') return '[^/]+';
  let source = '';
  for (let at = 0; at < segment.length; ) {
    const char = segment[at] ?? '';
    at++;
    if (char === '*') {
      while (segment[at] === '*') at++;
      source += '[^/]*';
    } else if (char === '?') source += '[^/]';
    else if (char === '\\') {
      source += literal(segment[at] ?? char);
      at++;
    } else if (char === '[') {
      const read = bracket(segment, at);
      source += read.source;
      at = read.end;
    } else source += literal(char);
  }
  return source;
}

/** The brackets whose content begins at `at`: where they end, and their source. */
function bracket(pattern: string, at: number): { readonly end: number; readonly source: string } {
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  const begin = isNegated ? at + 1 : at;
  const members: [low: number, high: number][] = [];
  let classes = '';
  let previous: number | undefined;
  let here = begin;
  const charAt = (index: number): number => {
    if (index >= pattern.length) throw new MalformedPattern(pattern);
    return pattern.charCodeAt(index);
  };
  for (; charAt(here) !== closing || here === begin; here++) {
    const char = pattern[here];
    const next = pattern[here + 1];
    if (char === '\\') {
      previous = charAt(++here);
      members.push([previous, previous]);
    } else if (char === '-' && previous !== undefined && next !== undefined && next !== ']') {
      if (pattern[++here] === '\\') here++;
      const high = charAt(here);
      if (previous <= high) members[members.length - 1] = [previous, high];
      previous = undefined;
    } else if (char === '[' && next === ':') {
      const end = pattern.indexOf(']', here + 2);
      if (end === -1) throw new MalformedPattern(pattern);
      if (end > here + 2 && pattern[end - 1] === ':') {
        const known = posixClasses[pattern.slice(here + 2, end - 1)];
        if (known === undefined) throw new MalformedPattern(pattern);
        classes += known;
        here = end;
        previous = undefined;
      } else {
        previous = charAt(here);
        members.push([previous, previous]);
      }
    } else {
      previous = charAt(here);
      members.push([previous, previous]);
    }
  }
  const inside = members.map(memberSource).join('') + classes;
  const end = here + 1;
  if (isNegated) return { end, source: `[^/${inside}]` };
  return { end, source: inside === '' ? '(?!)' : `[${inside}]` };
}

const closing = ']'.charCodeAt(0);
const slash = '/'.charCodeAt(0);

/** Brackets never name a slash. */
function memberSource([low, high]: readonly [number, number]): string {
  const parts = [
    [low, Math.min(high, slash - 1)],
    [Math.max(low, slash + 1), high],
  ] as const;
  return parts
    .filter(([from, to]) => from <= to)
    .map(([from, to]) => (from === to ? byte(from) : `${byte(from)}-${byte(to)}`))
    .join('');
}

function byte(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
