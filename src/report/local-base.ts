import { ExpectedFailure } from '../errors.ts';
import { git } from '../git.ts';
import { type BaseRevision, localRevision } from '../github/base-revision.ts';

/** Where a repository's main line is, most certain first. */
const mainBranches = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * What a laptop's workspace is compared with: the merge base with `rev`, by default with the main
 * branch; on the main branch itself that is its last commit. Undefined outside of Git. Throws 'usage'
 * for a `rev` that Git does not know.
 */
export async function localBase(root: string, rev?: string): Promise<BaseRevision | undefined> {
  const head = await git(root, 'rev-parse', '--verify', '--quiet', 'HEAD');
  if (rev !== undefined) return revisionOf(root, rev, head);
  if (!head) return undefined;
  for (const branch of mainBranches) {
    const base = await git(root, 'merge-base', branch, 'HEAD');
    if (base) return localRevision(root, base, branch.replace(/^origin\//, ''));
  }
  return localRevision(root, head);
}

/** A revision that a person names. Throws 'usage' for one that Git does not know. */
export async function namedRevision(root: string, rev: string): Promise<BaseRevision> {
  return revisionOf(root, rev, undefined);
}

async function revisionOf(
  root: string,
  rev: string,
  head: string | undefined,
): Promise<BaseRevision> {
  const commit = await git(root, 'rev-parse', '--verify', '--quiet', `${rev}^{commit}`);
  if (!commit) {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `Git knows no revision ${rev}`,
      hint: 'Give a branch, a tag or a commit; git fetch brings those of others.',
    });
  }
  const base = head && (await git(root, 'merge-base', commit, head));
  return localRevision(root, base || commit, rev);
}
