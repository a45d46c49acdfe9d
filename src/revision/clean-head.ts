import { git } from '../git/git.ts';
import { PathSet } from '../system/contains.ts';

/**
 * The commit that the workspace is, as far as the pipeline's files `paths` go (relative to `root`):
 * undefined where a tracked file differs, or one of these is a file that Git does not track yet. What
 * Git ignores is DVC's, and dvc.lock has its hash.
 */
export async function cleanHead(
  root: string,
  paths: readonly string[],
): Promise<string | undefined> {
  const [changes, untracked] = await Promise.all([
    git(root, 'status', '--porcelain', '--untracked-files=no'),
    git(root, 'ls-files', '--others', '--exclude-standard', '-z'),
  ]);
  if (changes !== '') return undefined;
  const known = new PathSet(paths);
  // A repository in it, which Git does not look into, ends in `/`.
  const isNew = (untracked ?? '')
    .split('\0')
    .some(
      (path) =>
        path !== '' &&
        (known.around(path) !== undefined || (path.endsWith('/') && known.hasWithin(path))),
    );
  return isNew ? undefined : git(root, 'rev-parse', 'HEAD');
}
