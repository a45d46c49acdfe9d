import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { commonFolderOf, findWorkTree, gitFolderOf } from '../../dvc/ignore/git-ignore.ts';
import { contains } from '../../system/contains.ts';
import { readWholeIfAble } from '../../system/read-whole.ts';

/**
 * Whether a repository may have submodules that were not fetched: it says that it has some, or one of
 * these paths is a folder without anything in it, as Git leaves one.
 */
export function mayLackSubmodules(root: string, paths: readonly string[]): boolean {
  const top = findWorkTree(root);
  if (top === undefined) return false;
  return existsSync(join(top, '.gitmodules')) || paths.some((path) => isEmpty(resolve(root, path)));
}

/**
 * Tells whether what is at a path may be pointers of Git LFS, as files on the way to it say: its
 * attributes, or the folder that Git LFS makes. Attributes further down in a folder go unseen, and
 * without a repository there is no such sign.
 */
export function pointerSigns(root: string): (path: string) => boolean {
  const top = findWorkTree(root);
  if (top === undefined) return () => false;
  const git = commonFolderOf(gitFolderOf(top));
  const everywhere =
    [join(git, 'lfs'), join(top, '.lfsconfig')].some((path) => existsSync(path)) ||
    namesLfs(join(git, 'info/attributes'));
  const folders = new Map<string, boolean>();
  const isSigned = (folder: string): boolean => {
    if (!contains(top, folder)) return false;
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const found = namesLfs(join(folder, '.gitattributes')) || isSigned(dirname(folder));
    folders.set(folder, found);
    return found;
  };
  return (path) => {
    const place = resolve(root, path);
    return everywhere || namesLfs(join(place, '.gitattributes')) || isSigned(dirname(place));
  };
}

function namesLfs(file: string): boolean {
  // Mostly it is not there, and to be told so is quicker than an error.
  return existsSync(file) && readWholeIfAble(file)?.includes('lfs') === true;
}

function isEmpty(folder: string): boolean {
  try {
    return statSync(folder).isDirectory() && readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}
