import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { git } from '../git.ts';

/** The submodules below a folder whose files are not here, by path relative to it. */
export async function unfetchedSubmodules(root: string): Promise<readonly string[]> {
  const top = await git(root, 'rev-parse', '--show-toplevel');
  if (top === undefined) return [];
  const prefix = (await git(root, 'rev-parse', '--show-prefix')) ?? '';
  // Above the project too, for a dep may lead out of it.
  const listed = (await git(top, 'ls-files', '--stage', '-z')) ?? '';
  return listed.split('\0').flatMap((line) => {
    const path = /^160000 [0-9a-f]+ \d\t(.*)$/s.exec(line)?.[1];
    // A submodule that is here has a file `.git`, or a folder where it was made in place.
    if (path === undefined || existsSync(join(top, path, '.git'))) return [];
    return [posix.relative(prefix === '' ? '.' : prefix, path)];
  });
}
