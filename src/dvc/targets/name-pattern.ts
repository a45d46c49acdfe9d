/**
 * A pattern for the names of stages, with the meaning of Python's fnmatch, which DVC matches them
 * with: `*`, `?`, `[abc]` and `[!abc]`, all of them for slashes too.
 */
export function namePattern(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const bracket = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/s.exec(pattern.slice(at)) : null;
    if (bracket) {
      source += charClass(bracket[1] === '!', bracket[2] ?? '');
      at += bracket[0].length - 1;
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
