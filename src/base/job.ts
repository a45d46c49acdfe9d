import * as v from 'valibot';
import { git } from '../git/git.ts';
import { commitName } from '../github/api/answers.ts';
import type { Clock } from '../github/api/clock.ts';
import type { GitHubRequest } from '../github/api/request.ts';
import type { BaseRule } from '../github/job/event.ts';
import { type Ask, asking, type Repository } from './ask-github.ts';
import {
  type Base,
  type BaseFiles,
  isFound,
  isShallow,
  type NoBase,
  unavailableBy,
  unreadable,
  wholeHistory,
} from './base.ts';
import { localRevision } from './committed-files.ts';
import { fetchCommit, fetchHistory, runFetch } from './fetch.ts';
import { githubFiles } from './github-files.ts';
import { mainRemote } from './main-branch.ts';

/** What finding the base needs besides the rule. */
export interface BaseSources extends Repository {
  readonly root: string;
  /** Asked for what a shallow clone lacks; without it, the clone's remote is. */
  readonly request?: GitHubRequest;
  readonly clock?: Clock;
}

const withToken = 'comment-metrics with its token';

/**
 * The revision that a job's results are compared with, as the event's rule says. What the clone has is
 * read from it; of the rest GitHub is asked, or the clone's remote where there is no token or GitHub
 * does not answer. What is not there at all, and what cannot be had, are told apart.
 */
export async function jobBase(rule: BaseRule, sources: BaseSources): Promise<Base> {
  const { root, request, clock } = sources;
  const ask = request && asking(request, sources, clock);
  switch (rule.kind) {
    case 'nothing':
      return { missing: 'nothing', reason: 'the branch is new' };
    case 'checkout': {
      const head = await headOf(root);
      if (head === undefined) return unavailable('the checkout is no clone of Git', wholeHistory);
      const words = `the event names no earlier commit than ${head.slice(0, 7)}, which is checked out`;
      return { ...localRevision(root, head), self: { words } };
    }
    case 'commit':
      return withSelf(root, await revisionAt(rule.commit, rule.ref, sources, ask, false));
    case 'merge-base':
      return withSelf(root, await mergeBase(rule, sources, ask));
  }
}

/** Says it where the base is what is checked out. */
async function withSelf(root: string, base: Base): Promise<Base> {
  if (!isFound(base) || base.commit !== (await headOf(root))) return base;
  const words = `the base is the commit that is checked out, ${base.commit.slice(0, 7)}`;
  return { ...base, self: { words } };
}

async function headOf(root: string): Promise<string | undefined> {
  return (await git(root, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}')) || undefined;
}

async function mergeBase(
  rule: Extract<BaseRule, { kind: 'merge-base' }>,
  sources: BaseSources,
  ask: Ask | undefined,
): Promise<Base> {
  const { root } = sources;
  const { commit, ref, head } = rule;
  // In a part of the history, what two commits have in common may be older than where they parted.
  const local = (await isShallow(root)) ? undefined : await localMergeBase(root, rule);
  if (local) return localRevision(root, local, ref);
  const asked = await guarded({ ref }, async (): Promise<Base> => {
    if (!ask) return unavailable(`where the branch left ${ref} is not in this clone`, remedy, ref);
    const sha = await askMergeBase(ask, commit, head);
    return sha === undefined
      ? unavailable(`GitHub knows no commit that the branch and ${ref} have in common`, rebase, ref)
      : revisionAt(sha, ref, sources, ask, true);
  });
  if (isFound(asked)) return asked;
  // Not of the project's own remote alone: the pull request's head may be a fork's.
  const remote = await mainRemote(root);
  if (remote !== undefined) {
    await runFetch(root, fetchHistory(remote, commit, await isShallow(root)));
  }
  const late = await localMergeBase(root, rule);
  return late ? localRevision(root, late, ref) : asked;
}

/**
 * The commit that two have in common, as GitHub says it; undefined where it says that there is none:
 * a 404 of its own with these words, which is not that of a commit that it lacks. Throws 'uncompared'.
 */
async function askMergeBase(ask: Ask, commit: string, head: string): Promise<string | undefined> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  const answer = await ask(route, { basehead: `${commit}...${head}`, per_page: 1 });
  const both = `${commit.slice(0, 7)} and ${head.slice(0, 7)}`;
  if ('missing' in answer) {
    if (/^no common ancestor\b/i.test(answer.missing)) return undefined;
    throw unreadable(
      `GitHub cannot compare ${both}: it lacks one, or the token may not read it (404 ${answer.missing})`,
      remedy,
    );
  }
  const { merge_base_commit: found } = Object(answer.data) as { merge_base_commit?: unknown };
  const sha = shaOf(found);
  if (sha === undefined) {
    throw unreadable(`GitHub compares ${both} without naming the commit they share`, remedy);
  }
  return sha;
}

/** The whole SHA of what GitHub describes as a commit. */
function shaOf(commit: unknown): string | undefined {
  const { sha } = Object(commit) as { sha?: unknown };
  return v.is(commitName, sha) ? sha : undefined;
}

const remedy = `${wholeHistory}, or ${withToken}`;
const rebase = 'git rebase onto the base branch';

async function localMergeBase(
  root: string,
  { commit, head }: { readonly commit: string; readonly head: string },
): Promise<string | undefined> {
  const found = await git(root, 'merge-base', commit, head);
  return found || (await checkoutMergeBase(root, commit, head));
}

/**
 * Where what is checked out stands for a head that is not here, as act has it. The commit that GitHub
 * merges a pull request into its base by does not: its merge base with the base is the base's tip.
 */
async function checkoutMergeBase(
  root: string,
  commit: string,
  head: string,
): Promise<string | undefined> {
  if ((await git(root, 'cat-file', '-e', `${head}^{commit}`)) !== undefined) return undefined;
  // Not `rev-list --parents`: in a shallow clone that leaves out the parents that are not here.
  const checkedOut = (await git(root, 'cat-file', 'commit', 'HEAD')) ?? '';
  const parents = checkedOut.split('\n\n')[0]?.match(/^parent [0-9a-f]+$/gm) ?? [];
  return parents.length > 1 ? undefined : git(root, 'merge-base', commit, 'HEAD');
}

/** A commit: from the clone where it is, else from GitHub, else from the clone's remote. */
async function revisionAt(
  commit: string,
  ref: string | undefined,
  { root }: BaseSources,
  ask: Ask | undefined,
  isKnown: boolean,
): Promise<Base> {
  const isHere = async () =>
    (await git(root, 'cat-file', '-e', `${commit}^{commit}`)) !== undefined;
  const local = localRevision(root, commit, ref);
  if (await isHere()) return local;
  const short = commit.slice(0, 7);
  let fetching: Promise<boolean> | undefined;
  const asked = await guarded(local, async (): Promise<Base> => {
    if (!ask) return unavailable(`${short} is not in this clone`, remedy, ref, commit);
    const route = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
    const answer = isKnown ? undefined : await ask(route, { commit_sha: commit });
    if (answer && 'missing' in answer) {
      const lost = `GitHub has no commit ${short} any more, or the token may not read it`;
      return unavailable(lost, remedy, ref, commit);
    }
    if (answer && shaOf(answer.data) !== commit) {
      return unavailable(`GitHub describes another commit than ${short}`, remedy, ref, commit);
    }
    return { ...local, ...oneOrOther(githubFiles(root, commit, ask), local, fetched) };
  });
  return isFound(asked) || !(await fetched()) ? asked : local;

  /** Whether the clone has the commit after asking its remote, which is asked once. */
  function fetched(): Promise<boolean> {
    fetching ??= mainRemote(root).then(async (remote) => {
      if (remote !== undefined) await runFetch(root, fetchCommit(remote, commit, true));
      return isHere();
    });
    return fetching;
  }
}

/** Files of the one, or of the other where the one cannot say and the other is there. */
function oneOrOther(
  one: BaseFiles,
  other: BaseFiles,
  isOtherThere: () => Promise<boolean>,
): BaseFiles {
  const either = async <Found>(find: (files: BaseFiles) => Promise<Found>) => {
    try {
      return await find(one);
    } catch (error) {
      if (await isOtherThere()) return find(other);
      throw error;
    }
  };
  return {
    at: (path) => either((files) => files.at(path)),
    list: (folder) => either((files) => files.list(folder)),
    history: (path, count) => either((files) => files.history(path, count)),
  };
}

/** What is found, or why GitHub could not say. */
async function guarded(
  base: { readonly commit?: string; readonly ref?: string },
  find: () => Promise<Base>,
): Promise<Base> {
  try {
    return await find();
  } catch (error) {
    return unavailableBy(error, base);
  }
}

function unavailable(reason: string, how: string, ref?: string, commit?: string): NoBase {
  return {
    ...{ missing: 'unavailable', reason, remedy: how },
    ...(ref !== undefined && { ref }),
    ...(commit !== undefined && { commit }),
  };
}
