import { existsSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { contains } from '../system/contains.ts';
import { git, ignoredPaths } from './git.ts';

/**
 * The submodules below a folder whose files are not here, those of submodules too, by path relative to
 * it.
 */
export async function unfetchedSubmodules(root: string): Promise<readonly string[]> {
  const top = await git(root, 'rev-parse', '--show-toplevel');
  if (top === undefined) return [];
  const prefix = (await git(root, 'rev-parse', '--show-prefix')) ?? '';
  // Above the project too, for a dep may lead out of it.
  const paths = await unfetchedIn(top);
  return paths.map((path) => posix.relative(prefix === '' ? '.' : prefix, path));
}

async function unfetchedIn(top: string): Promise<string[]> {
  const found = (await submodulesOf(top)).map(async (path) => {
    if (!isFetched(join(top, path))) return [path];
    return (await unfetchedIn(join(top, path))).map((inside) => posix.join(path, inside));
  });
  return (await Promise.all(found)).flat();
}

/** The submodules of a repository, not theirs, by path relative to its root. */
async function submodulesOf(top: string): Promise<string[]> {
  const listed = (await git(top, 'ls-files', '--stage', '-z')) ?? '';
  return listed.split('\0').flatMap((line) => /^160000 [0-9a-f]+ \d\t(.*)$/s.exec(line)?.[1] ?? []);
}

/** A submodule that is here has a file `.git`, or a folder where it was made in place. */
function isFetched(folder: string): boolean {
  return existsSync(join(folder, '.git'));
}

/**
 * Which of the paths Git ignores, absolute as they are, in the repository with the root `top`; a path in
 * a submodule is its submodule's own, and one that was not fetched ignores nothing.
 */
export async function ignoredWithSubmodules(
  top: string,
  paths: readonly string[],
): Promise<Set<string>> {
  const ignored = new Set<string>();
  const own = new Set(paths);
  for (const submodule of paths.length > 0 ? await submodulesOf(top) : []) {
    const folder = join(top, submodule);
    // The submodule itself, which Git asks its own repository about.
    const inside = [...own].filter((path) => path !== folder && contains(folder, path));
    for (const path of inside) own.delete(path);
    if (inside.length === 0 || !isFetched(folder)) continue;
    for (const path of await ignoredWithSubmodules(folder, inside)) ignored.add(path);
  }
  const relatives = new Map([...own].map((path) => [relative(top, path) || '.', path]));
  for (const path of await ignoredPaths(top, [...relatives.keys()])) {
    ignored.add(relatives.get(path) ?? path);
  }
  return ignored;
}
