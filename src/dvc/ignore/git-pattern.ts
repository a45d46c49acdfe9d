import { MalformedPattern, wildmatchSource } from './wildmatch.ts';

/** A pattern of a `.gitignore` file; the names it is asked about are bytes (latin1). */
export interface GitPattern {
  /** False for `!pattern`: what it names is not ignored. */
  readonly isExclude: boolean;
  /** Whether it names an entry: relative to the pattern's file, without a slash at the end. */
  readonly names: (name: string, isFolder: boolean) => boolean;
  /** Whether it names what a folder holds without naming the folder: `folder/*`, `folder/**`. */
  readonly reachesInside: (folder: string) => boolean;
}

/**
 * The patterns of a `.gitignore` file's bytes (latin1) as the library reads them that DVC asks
 * (dulwich/ignore.py), which git and libgit2 do not follow in all. Malformed ones are left out.
 */
export function gitPatterns(text: string, ignoreCase: boolean): GitPattern[] {
  return text.split('\n').flatMap((line) => {
    const pattern = patternOf(line);
    return pattern === undefined ? [] : (compile(pattern, ignoreCase) ?? []);
  });
}

function patternOf(line: string): string | undefined {
  let text = line.replace(/[\r\n]+$/, '');
  if (/^[ \t\n\r\v\f]*$/.test(text) || text.startsWith('#')) return undefined;
  while (text.endsWith(' ') && !text.endsWith('\\ ')) text = text.slice(0, -1);
  return text.replaceAll('\\ ', ' ');
}

function compile(line: string, ignoreCase: boolean): GitPattern | undefined {
  const isExclude = !line.startsWith('!');
  const pattern = isExclude ? line.replace(/^\\(?=[!#])/, '') : line.slice(1);
  const isForFolders = pattern.endsWith('/');
  const bare = pattern.replace(/\/+$/, '');
  const flags = ignoreCase ? 'si' : 's';
  try {
    const source = patternSource(pattern);
    if (bare === '') return { isExclude, names: () => false, reachesInside: () => false };
    const matchesName = isPlain(bare, ignoreCase)
      ? plainMatcher(bare)
      : matcher(patternSource(bare), flags);
    const describesContents = /\/\*\*?$/.test(bare);
    const matchesPath = matcher(source, flags);
    const matches = (path: string) => {
      if (isForFolders && !isExclude && !path.endsWith('/')) return false;
      if (matchesPath(path)) return true;
      const isBelow = isForFolders && isExclude && !path.endsWith('/') && path.includes('/');
      return isBelow && matchesPath(path.slice(0, path.lastIndexOf('/') + 1));
    };
    return {
      isExclude,
      names: (name, isFolder) => (isFolder || !isForFolders) && matchesName(name),
      reachesInside: (folder) =>
        describesContents && (matches(`${folder}/x`) || matches(`${folder}/x/`)),
    };
  } catch (error) {
    if (error instanceof MalformedPattern) return undefined;
    throw error;
  }
}

/** A pattern without a slash, but at its end, names what is anywhere below. */
function patternSource(pattern: string): string {
  const anywhere = pattern.slice(0, -1).includes('/') ? '' : '(?:.*/)?';
  const leading = /^(?:\/\*\*\/|\*\*\/|\/)/.exec(pattern)?.[0] ?? '';
  const rest = pattern.slice(leading.length);
  const before = leading.length > 1 ? '(?:.*/)?' : '';
  return anywhere + before + wildmatchSource(rest) + (rest.endsWith('/') ? '' : '/?');
}

/** Most patterns are what DVC writes: `/name`. A long file of these is compared, not compiled. */
function isPlain(pattern: string, ignoreCase: boolean): boolean {
  return !ignoreCase && !/[*?[\\]/.test(pattern);
}

function plainMatcher(pattern: string): (name: string) => boolean {
  if (pattern.includes('/', 1) || pattern.startsWith('/')) {
    const path = pattern.replace(/^\//, '');
    return (name) => name === path;
  }
  const end = `/${pattern}`;
  return (name) => name === pattern || name.endsWith(end);
}

function matcher(source: string, flags: string): (text: string) => boolean {
  let regex: RegExp | undefined;
  return (text) => {
    regex ??= new RegExp(`^(?:${source})$`, flags);
    return regex.test(text);
  };
}
