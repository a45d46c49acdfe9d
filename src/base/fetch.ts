import { gitBytes } from '../git/git.ts';
import { gitOverNetwork } from '../git/network.ts';
import { shellWord } from './base.ts';
import type { MainBranch } from './main-branch.ts';

/** A `git fetch`, as it is run and as a person would type it. */
export interface Fetch {
  readonly args: readonly string[];
  readonly command: string;
}

/** Seconds that a fetch may take, and that a server may take to say what its HEAD is. */
const longest = { fetch: 300, question: 10 };

/** Gets a branch of a remote, and in a shallow clone the history of all that is there. */
export function fetchBranch({ name, remote = 'origin' }: MainBranch, isShallow: boolean): Fetch {
  const refspec = `+${name}:refs/remotes/${remote}/${name}`;
  return fetchOf([...(isShallow ? ['--unshallow'] : []), remote, refspec]);
}

/** Gets every branch of a remote, for a clone that does not know the name of the main one. */
export function fetchAll(remote: string, isShallow: boolean): Fetch {
  const refspec = `+refs/heads/*:refs/remotes/${remote}/*`;
  const fetch = fetchOf([...(isShallow ? ['--unshallow'] : []), remote, refspec]);
  const setHead = `git remote set-head ${shellWord(remote)} --auto`;
  return { ...fetch, command: `${fetch.command} && ${setHead}` };
}

/** Gets one commit, without its history in a clone that is shallow anyway. */
export function fetchCommit(remote: string, commit: string, isShallow: boolean): Fetch {
  return fetchOf([...(isShallow ? ['--depth=1'] : []), remote, commit]);
}

/** Gets the history of all that a shallow clone has. */
export function fetchDeeper(remote: string): Fetch {
  return fetchOf(['--unshallow', remote]);
}

/** Gets a commit with its history, and that of all that a shallow clone has. */
export function fetchHistory(remote: string, commit: string, isShallow: boolean): Fetch {
  return fetchOf([...(isShallow ? ['--unshallow'] : []), remote, commit]);
}

function fetchOf(args: readonly string[]): Fetch {
  const all = ['fetch', '--no-tags', '--no-recurse-submodules', ...args];
  return { args: all, command: ['git', 'fetch', ...args.map(shellWord)].join(' ') };
}

/** Runs it without asking a person; gives what kept it from being done, if anything. */
export async function runFetch(root: string, { args }: Fetch): Promise<string | undefined> {
  const signal = new AbortController().signal;
  const result = await gitOverNetwork(root, args, signal, { longest: longest.fetch });
  return result.isDone ? undefined : result.reason;
}

/** The name of the branch that a remote's HEAD is, asked of its server; undefined without answer. */
export async function askMainBranch(root: string, remote: string): Promise<string | undefined> {
  const args = ['ls-remote', '--symref', '--', remote, 'HEAD'];
  const answer = await gitBytes(root, args, longest.question);
  const text = answer.isDone ? new TextDecoder().decode(answer.stdout) : '';
  return /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(text)?.[1];
}
