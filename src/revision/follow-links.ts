import { posix } from 'node:path';

/** What a tree has at a path itself; `File` is what it knows of a file. */
export type TreeNode<File> =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'submodule' }
  | { readonly kind: 'absent' };

/** What a path leads to, and by which path: a link that leads nowhere stays itself. */
export type Followed<File> = TreeNode<File> & { readonly path: string };

/** Links that the kernel follows on the way to one file (path_resolution). */
const mostLinks = 40;

/**
 * Follows the links at and above a path within its tree. Paths are relative to the top of the tree. One
 * look where there is no link, for a tree has no path through one.
 */
export async function followLinks<File>(
  look: (path: string) => Promise<TreeNode<File>>,
  asked: string,
): Promise<Followed<File>> {
  let path = inTree(asked);
  let link: Followed<File> | undefined;
  for (let links = 0; links <= mostLinks && path !== undefined; links++) {
    const found = await deepest(look, path);
    // Below a link that leads somewhere else, there may be nothing as in any folder.
    if (found.kind === 'absent' && link?.path === inTree(asked) && link) return link;
    if (found.kind !== 'link') return found;
    link ??= found;
    const { target } = found;
    const rest = path.slice(found.path.length);
    path = posix.isAbsolute(target)
      ? undefined
      : inTree(`${posix.join(posix.dirname(found.path), target)}${rest}`);
  }
  return link ?? { kind: 'absent', path: asked };
}

/** The path itself, or what ends it above: a link or a submodule. */
async function deepest<File>(
  look: (path: string) => Promise<TreeNode<File>>,
  path: string,
): Promise<Followed<File>> {
  const whole = await look(path);
  if (whole.kind !== 'absent') return { ...whole, path };
  for (const above of foldersAbove(path)) {
    const found = await look(above);
    if (found.kind === 'link' || found.kind === 'submodule') return { ...found, path: above };
    if (found.kind !== 'folder') break;
  }
  return { kind: 'absent', path };
}

function foldersAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** The path without `.` and `..`; undefined where it leads out of the tree. */
function inTree(path: string): string | undefined {
  const normal = posix.normalize(path).replace(/\/$/, '');
  return normal === '..' || normal.startsWith('../') || posix.isAbsolute(normal)
    ? undefined
    : normal;
}
