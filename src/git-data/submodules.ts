import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { git } from '../git.ts';

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
  const listed = (await git(top, 'ls-files', '--stage', '-z')) ?? '';
  const found = listed.split('\0').map(async (line) => {
    const path = /^160000 [0-9a-f]+ \d\t(.*)$/s.exec(line)?.[1];
    if (path === undefined) return [];
    // A submodule that is here has a file `.git`, or a folder where it was made in place.
    if (!existsSync(join(top, path, '.git'))) return [path];
    return (await unfetchedIn(join(top, path))).map((inside) => posix.join(path, inside));
  });
  return (await Promise.all(found)).flat();
}
