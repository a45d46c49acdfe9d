import { NotUnderstood } from '../../text/not-understood.ts';

/** A pattern of a `.dvcignore` file, relative to the project root. */
export interface IgnorePattern {
  /** `!pattern`: what it names is not ignored after all. */
  readonly isNegated: boolean;
  /** `pattern/`: it names folders only. */
  readonly isForFolders: boolean;
  /** Whether the pattern names a path; that of a folder ends in a slash. */
  readonly matches: (path: string) => boolean;
}

/** Longer than any path that a system takes. */
const longestPattern = 4096;

/**
 * Compiles a pattern with the meaning that it has for the library that DVC uses, which is not quite
 * git's (pathspec, GitIgnoreSpecPattern, applied by DVC from the start of a path): `a/**` names the
 * folder `a` too, and `**` followed by a slash names nothing. Undefined for a line that says
 * nothing. Throws NotUnderstood for one that DVC refuses.
 */
export function compilePattern(line: string): IgnorePattern | undefined {
  const text = line.endsWith('\\ ') ? line : line.trimEnd();
  if (text === '' || text === '/' || text.startsWith('#')) return undefined;
  const isNegated = text.startsWith('!');
  // A regular expression of such a length is refused here, by Python not.
  if (text.length > longestPattern)
    throw new NotUnderstood('a pattern of a .dvcignore file that is this long');
  const source = patternSource(isNegated ? text.slice(1) : text, text);
  if (source === undefined) return undefined;
  const regex = toRegex(source, text);
  return {
    isNegated,
    isForFolders: text.endsWith('/'),
    matches: (path) => regex.test(path),
  };
}

/** Undefined for a pattern that git discards: one with a bracket that is not closed. */
function patternSource(pattern: string, line: string): string | undefined {
  const segments = pathSegments(pattern, line);
  const isForFolders = pattern.endsWith('/');
  const [first, second, third] = segments;
  const matchesAll = first === '**' && (segments.length === 1 || second === '*');
  if (matchesAll && segments.length <= 2) return isForFolders ? nothing : '^[^\\n]';
  if (matchesAll && segments.length === 3 && third === '**') return nothing;
  let source = '^';
  let needsSlash = false;
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '**') {
      source += index === 0 ? '(?:.+/)?' : isLast ? '/' : '(?:/.+)?';
      needsSlash = index > 0;
      continue;
    }
    const glob = segment === '*' ? '[^/]+' : globSource(segment, line);
    if (glob === undefined) return undefined;
    source += (needsSlash ? '/' : '') + glob + (isLast ? '(?:/|$)' : '');
    needsSlash = true;
  }
  return source;
}

const nothing = '(?!)';

/** A pattern without a slash inside names what is anywhere below. */
function pathSegments(pattern: string, line: string): string[] {
  const segments = pattern.split('/');
  if (segments[0] === '') segments.shift();
  else if (segments.length === 1 || (segments.length === 2 && segments[1] === '')) {
    if (segments[0] !== '**') segments.unshift('**');
  }
  if (segments.length === 0 || pattern === '') {
    throw new NotUnderstood(`the pattern ${line} in a .dvcignore`);
  }
  if (segments.at(-1) === '') segments[segments.length - 1] = '**';
  return segments.filter((segment, index) => segment !== '**' || segments[index - 1] !== '**');
}

function globSource(glob: string, line: string): string | undefined {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] ?? '';
    if (char === '\\') {
      at++;
      if (at === glob.length) throw new NotUnderstood(`the pattern ${line} in a .dvcignore`);
      source += literal(glob[at] ?? '');
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const bracket = /^\[([!^]?)(\]?[^\]]*)\]/.exec(glob.slice(at));
      if (bracket === null) return undefined;
      const inside = (bracket[2] ?? '').replace(/[\\[\]]/g, '\\$&');
      source += `[${bracket[1] ? '^' : ''}${inside}]`;
      at += bracket[0].length - 1;
    } else source += literal(char);
  }
  return source;
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

function toRegex(source: string, line: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    // Among others a range in the wrong order, which Python refuses too.
    throw new NotUnderstood(`the pattern ${line} in a .dvcignore`);
  }
}
