/**
 * A pattern for the names of stages, with the meaning of Python's fnmatch, which DVC matches them
 * with: `*`, `?`, `[abc]` and `[!abc]`, all of them for slashes too.
 */
export function namePattern(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const isNegated = pattern[at + 1] === '!';
    const begin = at + (isNegated ? 2 : 1);
    // The first member may be a bracket itself; one that is never closed means itself.
    const end = char === '[' ? pattern.indexOf(']', begin + 1) : -1;
    if (end !== -1) {
      source += charClass(isNegated, pattern.slice(begin, end));
      at = end;
    } else if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else source += char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  }
  return new RegExp(`^(?:${source})$`, 'su');
}

/** A range in the wrong order names nothing. */
function charClass(isNegated: boolean, members: string): string {
  const [first = '', ...rest] = members.split(/(?<=.)-(?=.)/s);
  let inside = escapeMember(first);
  for (const part of rest) {
    const low = inside.at(-1) ?? '';
    const high = part[0] ?? '';
    inside =
      low <= high
        ? `${inside}-${escapeMember(part)}`
        : `${inside.slice(0, /\\.$/s.test(inside) ? -2 : -1)}${escapeMember(part.slice(1))}`;
  }
  if (inside === '') return isNegated ? '.' : '(?!)';
  return `[${isNegated ? '^' : ''}${inside}]`;
}

function escapeMember(text: string): string {
  return text.replace(/[\\\]^[-]/g, '\\$&');
}
