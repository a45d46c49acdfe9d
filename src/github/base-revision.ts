import { git } from '../git.ts';
import type { GitHubRequest } from './request.ts';

/** The parts of a workflow's event that tell what a run is compared with. */
export interface EventFacts {
  readonly name: string;
  readonly payload: {
    readonly pull_request?: {
      readonly number: number;
      readonly base: { readonly sha: string; readonly ref: string };
      readonly head: { readonly sha: string };
    };
    readonly merge_group?: { readonly base_sha: string; readonly base_ref: string };
    readonly before?: string;
  };
}

/** Files of the revision that results are compared with. */
export interface BaseRevision {
  readonly commit: string;
  readonly ref?: string;
  /** The text of a file, undefined where the revision has none. */
  read(path: string): Promise<string | undefined>;
}

/** What finding the base needs besides the event. */
export interface BaseSources {
  readonly root: string;
  readonly owner: string;
  readonly repo: string;
  /** Asked for what a shallow clone lacks. */
  readonly request?: GitHubRequest;
}

/**
 * The revision to compare with: for a pull request the merge base, from Git where it has both
 * commits, else from GitHub; for a push what the branch was before; else the commit itself.
 * Undefined, with no error, where nobody knows it, as for a new branch.
 */
export async function baseRevision(
  event: EventFacts,
  sources: BaseSources,
): Promise<BaseRevision | undefined> {
  const { pull_request: pull, merge_group: group, before } = event.payload;
  if (pull) {
    const commit = await mergeBase(pull.base.sha, pull.head.sha, sources);
    return commit ? revision(commit, pull.base.ref, sources) : undefined;
  }
  if (group) return revision(group.base_sha, group.base_ref, sources);
  if (before !== undefined)
    return /^0+$/.test(before) ? undefined : revision(before, undefined, sources);
  const head = await git(sources.root, 'rev-parse', 'HEAD');
  return head ? revision(head, undefined, sources) : undefined;
}

async function mergeBase(
  base: string,
  head: string,
  { root, owner, repo, request }: BaseSources,
): Promise<string | undefined> {
  const local =
    (await git(root, 'merge-base', base, head)) ?? (await git(root, 'merge-base', base, 'HEAD'));
  if (local) return local;
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  const answer = await request?.(route, { owner, repo, basehead: `${base}...${head}` }).catch(
    () => undefined,
  );
  const found = answer?.data as { merge_base_commit?: { sha?: string } } | undefined;
  return found?.merge_base_commit?.sha ?? base;
}

function revision(
  commit: string,
  ref: string | undefined,
  { root, owner, repo, request }: BaseSources,
): BaseRevision {
  const held = git(root, 'cat-file', '-e', `${commit}^{commit}`);
  return {
    commit,
    ...(ref !== undefined && { ref }),
    read: async (path) => {
      if ((await held) !== undefined) return git(root, 'show', `${commit}:./${path}`);
      const route = 'GET /repos/{owner}/{repo}/contents/{path}';
      const mediaType = { format: 'raw' };
      const answer = await request?.(route, { owner, repo, path, ref: commit, mediaType }).catch(
        () => undefined,
      );
      return typeof answer?.data === 'string' ? answer.data : undefined;
    },
  };
}
