import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git, gitBytes } from '../git/git.ts';
import { whyRefused } from '../git/trust/call.ts';
import { type Base, type BaseRevision, isShallow, type NoBase, shellWord } from './base.ts';
import { localRevision } from './committed-files.ts';
import {
  askMainBranch,
  type Fetch,
  fetchAll,
  fetchBranch,
  fetchDeeper,
  runFetch,
} from './fetch.ts';
import { type MainBranch, mainBranch, mainRemote, ofRemote } from './main-branch.ts';
import { resolveRevision } from './resolve-revision.ts';

export interface LocalBaseOptions {
  /** What to compare with, as a person names it; by default the main branch. */
  readonly rev?: string;
  /** The branch that counts as the main one, as a pull request's job knows it. */
  readonly branch?: string;
  /** The revision itself, not its merge base with HEAD. */
  readonly isExact?: boolean;
  /** Whether what is not here may be fetched. */
  readonly mayFetch?: boolean;
}

/**
 * What a laptop's workspace is compared with: the merge base of HEAD and a revision, by default the
 * main branch; on the main branch itself that is its last commit. Where there is none, why, and the
 * command that mends it. Throws 'usage' for a `rev` that Git does not know, or knows several of.
 */
export async function localBase(root: string, options: LocalBaseOptions = {}): Promise<Base> {
  const { rev, isExact = false, mayFetch = false } = options;
  const without = await withoutRepository(root);
  if (without) return without;
  const head = await git(root, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  if (rev !== undefined) {
    const commit = await resolveRevision(root, rev, mayFetch);
    if (isExact || !head) return localRevision(root, commit, rev);
    return mergeBase(root, { name: rev, commit, head, mayFetch });
  }
  if (!head) return withoutCommit(root);
  const found = await mainBranchHere(root, mayFetch, options.branch);
  if ('missing' in found) return found;
  const { ref = '', name, remote } = found;
  const commit = (await git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`)) ?? '';
  if (isExact) return localRevision(root, commit, name);
  return mergeBase(root, { name, commit, head, mayFetch, ...(remote && { remote }) });
}

async function withoutRepository(root: string): Promise<NoBase | undefined> {
  const answer = await gitBytes(root, ['rev-parse', '--git-dir']);
  if (answer.isDone) return undefined;
  const refused = whyRefused(root);
  if (refused) return unavailable(refused.cause, refused.command);
  let folder = root;
  while (!existsSync(join(folder, '.git')) && folder !== dirname(folder)) folder = dirname(folder);
  return existsSync(join(folder, '.git'))
    ? unavailable(`Git cannot read ${join(folder, '.git')}: ${answer.said}`, 'git status')
    : unavailable('the project is in no Git repository', 'git init');
}

async function withoutCommit(root: string): Promise<NoBase> {
  const any = await git(root, 'for-each-ref', '--count=1');
  return any
    ? unavailable('the branch has no commit yet', 'sibling report --base REVISION')
    : { missing: 'nothing', reason: 'the repository has no commit yet' };
}

/** The main branch where the clone has it, after fetching if it may. */
async function mainBranchHere(
  root: string,
  mayFetch: boolean,
  branch: string | undefined,
): Promise<MainBranch | NoBase> {
  const isCut = await isShallow(root);
  const remote = await mainRemote(root);
  const isNamed = branch !== undefined && remote !== undefined;
  let known = isNamed ? await ofRemote(root, remote, branch) : await mainBranch(root);
  if (known?.ref !== undefined) return known;
  if (remote === undefined) {
    const reason =
      'no branch is called main or master, and none of several is known to be the main';
    return unavailable(reason, 'sibling report --base BRANCH');
  }
  const name = known?.name ?? (await askMainBranch(root, remote));
  if (name !== undefined) known = await ofRemote(root, remote, name);
  if (known?.ref !== undefined) return known;
  const fetch = known ? fetchBranch(known, isCut) : fetchAll(remote, isCut);
  const what = known ? known.name : 'the main branch';
  const where = `is not in this ${isCut ? 'shallow clone' : 'clone'} of ${remote}`;
  const failed = mayFetch && known ? await runFetch(root, fetch) : undefined;
  const got = known && mayFetch ? await ofRemote(root, remote, known.name) : known;
  if (got?.ref !== undefined) return got;
  return unavailable(`${what} ${where}${failed ? `: ${failed}` : ''}`, fetch.command, known?.name);
}

interface Branching {
  readonly name: string;
  readonly commit: string;
  readonly head: string;
  readonly remote?: string;
  readonly mayFetch: boolean;
}

async function mergeBase(root: string, branching: Branching): Promise<Base> {
  const { name, commit, head, mayFetch } = branching;
  const found = () => git(root, 'merge-base', commit, head);
  const base = await found();
  if (base) return revision(root, base, head, name);
  const ref = name;
  if (!(await isShallow(root))) {
    const exact = `sibling report --base ${shellWord(name)} --exact`;
    return unavailable(`HEAD and ${name} have no commit in common`, exact, ref);
  }
  const fetch = await deepening(root, branching);
  const where = `where HEAD left ${name} is not in this shallow clone`;
  if (!fetch)
    return unavailable(`${where}, which has no remote`, 'git remote add origin ADDRESS', ref);
  const failed = mayFetch ? await runFetch(root, fetch) : undefined;
  const late = mayFetch ? await found() : undefined;
  if (late) return revision(root, late, head, name);
  return unavailable(`${where}${failed ? `: ${failed}` : ''}`, fetch.command, ref);
}

/** What gets the history between HEAD and a revision. */
async function deepening(root: string, { name, remote }: Branching): Promise<Fetch | undefined> {
  if (remote !== undefined) return fetchBranch({ name, remote }, true);
  const main = await mainRemote(root);
  if (main === undefined) return undefined;
  const plain = name.startsWith(`${main}/`) ? name.slice(main.length + 1) : name;
  const isBranch = (await ofRemote(root, main, plain)).ref !== undefined;
  return isBranch ? fetchBranch({ name: plain, remote: main }, true) : fetchDeeper(main);
}

/** The base, and where it is HEAD what that means and how to look further back. */
async function revision(
  root: string,
  commit: string,
  head: string,
  ref: string,
): Promise<BaseRevision> {
  const base = localRevision(root, commit, ref);
  if (commit !== head) return base;
  const words = `the base is HEAD itself, commit ${head.slice(0, 7)} of ${ref}`;
  const earlier = 'sibling report --base HEAD~1';
  if (await git(root, 'rev-parse', '--verify', '--quiet', 'HEAD~1')) {
    return { ...base, self: { words, remedy: earlier } };
  }
  const isCut = (await isShallow(root)) && (await mainRemote(root)) !== undefined;
  const remedy = isCut ? { remedy: `git fetch --deepen=1 && ${earlier}` } : {};
  return { ...base, self: { words, ...remedy } };
}

function unavailable(reason: string, remedy: string, ref?: string): NoBase {
  return { missing: 'unavailable', reason, remedy, ...(ref !== undefined && { ref }) };
}
