import { git, gitBytes } from '../git.ts';
import type { BaseRule } from './event.ts';
import type { GitHubRequest } from './request.ts';

/** Files of the revision that results are compared with. */
export interface BaseRevision {
  readonly commit: string;
  readonly ref?: string;
  /** A file's content, undefined where the revision has none. Paths are relative to the project. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** The files in a folder; empty where only GitHub knows the revision. */
  list(folder: string): Promise<readonly string[]>;
  /** A file as the last commits that changed it left it, newest first, this revision's included. */
  history(path: string, count: number): Promise<readonly FileVersion[]>;
}

export interface FileVersion {
  readonly commit: string;
  readonly content: Uint8Array;
}

/** What finding the base needs besides the rule. */
export interface BaseSources {
  readonly root: string;
  readonly owner: string;
  readonly repo: string;
  /** Asked for what a shallow clone lacks. */
  readonly request?: GitHubRequest;
}

/**
 * The revision to compare with, as the event's rule says; a merge base from Git where it has both
 * commits, else from GitHub. Undefined, with no error, where nobody knows it, as for a new branch.
 */
export async function baseRevision(
  rule: BaseRule,
  sources: BaseSources,
): Promise<BaseRevision | undefined> {
  switch (rule.kind) {
    case 'merge-base': {
      const commit = await mergeBase(rule.commit, rule.head, sources);
      return commit ? revision(commit, rule.ref, sources) : undefined;
    }
    case 'commit':
      return revision(rule.commit, rule.ref, sources);
    case 'checkout': {
      const head = await git(sources.root, 'rev-parse', 'HEAD');
      return head ? revision(head, undefined, sources) : undefined;
    }
    case 'nothing':
      return undefined;
  }
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

/** A commit, its files from Git where the clone has it, else from GitHub. */
function revision(commit: string, ref: string | undefined, sources: BaseSources): BaseRevision {
  const { root } = sources;
  const local = gitFiles(root);
  const remote = remoteFiles(sources);
  const held = git(root, 'cat-file', '-e', `${commit}^{commit}`);
  const files = async () => ((await held) === undefined ? remote : local);
  return {
    commit,
    ...(ref !== undefined && { ref }),
    read: async (path) => (await files()).read(commit, path),
    list: async (folder) => (await files()).list(commit, folder),
    async history(path, count) {
      const from = await files();
      const commits = await from.commits(commit, path, count);
      const contents = await Promise.all(commits.map((one) => from.read(one, path)));
      return commits.flatMap((one, index) => {
        const content = contents[index];
        return content === undefined ? [] : [{ commit: one, content }];
      });
    },
  };
}

/** A revision of the local clone. */
export function localRevision(root: string, commit: string, ref?: string): BaseRevision {
  return revision(commit, ref, { root, owner: '', repo: '' });
}

interface CommittedFiles {
  read(commit: string, path: string): Promise<Uint8Array | undefined>;
  list(commit: string, folder: string): Promise<readonly string[]>;
  /** Commits that changed a file, newest first. */
  commits(from: string, path: string, count: number): Promise<readonly string[]>;
}

function gitFiles(root: string): CommittedFiles {
  const lines = (text: string | undefined) => text?.split('\n').filter((line) => line !== '') ?? [];
  return {
    read: (commit, path) => gitBytes(root, 'show', `${commit}:./${path}`),
    list: async (commit, folder) => {
      const args = ['ls-tree', '-r', '-z', '--name-only', commit, '--', `${folder}/`];
      return (await git(root, ...args))?.split('\0').filter((path) => path !== '') ?? [];
    },
    commits: async (from, path, count) =>
      lines(await git(root, 'log', `--max-count=${count}`, '--format=%H', from, '--', path)),
  };
}

function remoteFiles({ root, owner, repo, request }: BaseSources): CommittedFiles {
  // The project may be a folder of the repository.
  const prefix = git(root, 'rev-parse', '--show-prefix').then((found) => found ?? '');
  const ask = async (route: string, parameters: Readonly<Record<string, unknown>>) => {
    const answer = await request?.(route, { owner, repo, ...parameters }).catch(() => undefined);
    return answer?.data;
  };
  return {
    async read(commit, path) {
      const data = await ask('GET /repos/{owner}/{repo}/contents/{path}', {
        path: `${await prefix}${path}`,
        ref: commit,
        mediaType: { format: 'raw' },
      });
      return typeof data === 'string' ? new TextEncoder().encode(data) : undefined;
    },
    list: async () => [],
    async commits(from, path, count) {
      const data = await ask('GET /repos/{owner}/{repo}/commits', {
        sha: from,
        path: `${await prefix}${path}`,
        per_page: count,
      });
      return (Array.isArray(data) ? data : []).flatMap((one: { sha?: unknown }) =>
        typeof one.sha === 'string' ? [one.sha] : [],
      );
    },
  };
}
