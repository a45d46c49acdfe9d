import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { git } from '../git.ts';
import { lfsStore } from '../git-data/lfs-content.ts';
import { type GitHubRequest, requestFailure, retryDelay } from '../github/request.ts';
import { contentEntry, type Entry, largestFile } from '../revision/entry.ts';
import { followLinks, type TreeNode } from '../revision/follow-links.ts';
import { type BaseFiles, unreadable } from './base.ts';

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export const contentsRight = 'permissions: {contents: read}, for the job that reports';

/** Attempts at one request, and milliseconds that are waited for the next. */
const patience = { attempts: 3, wait: 10_000 };

/** What GitHub answers to a request; undefined for "there is no such thing" (404 and 422). */
export type Ask = (
  route: string,
  parameters: Readonly<Record<string, unknown>>,
) => Promise<{ readonly data: unknown } | undefined>;

/** Asks again after a passing failure. Throws 'uncompared' for every answer but yes and no. */
export function asking(request: GitHubRequest, { owner, repo }: Repository): Ask {
  return async (route, parameters) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request(route, { owner, repo, ...parameters });
      } catch (error) {
        const { status: code } = error as { status?: unknown };
        if (code === 404 || code === 422) return undefined;
        const failure = requestFailure(error);
        const { status, message } = failure;
        const delay = retryDelay(failure, attempt, Date.now());
        if (delay === undefined || delay > patience.wait || attempt >= patience.attempts) {
          const answer = [status ?? 'nothing', message].join(' ');
          throw unreadable(`GitHub answers ${answer} to ${route}`, contentsRight);
        }
        await sleep(delay);
      }
    }
  };
}

/** Requests that are under way at once. */
const together = 8;

const routes = {
  contents: 'GET /repos/{owner}/{repo}/contents/{path}',
  blob: 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
  commits: 'GET /repos/{owner}/{repo}/commits',
} as const;

/**
 * The files of a commit that GitHub is known to have: "not found" means that the commit has no such
 * file. Throws 'uncompared' for every other answer.
 */
export function githubFiles(root: string, commit: string, asked: Ask): BaseFiles {
  const limit = pLimit(together);
  const ask: Ask = (...args) => limit(() => asked(...args));
  // The project may be a folder of the repository.
  const prefix = git(root, 'rev-parse', '--show-prefix').then((found) => found ?? '');
  const stored = lfsStore(root);

  /** GitHub itself follows a link to a file, and no other. */
  async function look(ref: string, path: string): Promise<TreeNode<Described>> {
    const data = (await ask(routes.contents, { path: path === '.' ? '' : path, ref }))?.data;
    if (Array.isArray(data)) return { kind: 'folder' };
    const file = Object(data) as Described;
    switch (file.type) {
      case 'dir':
        return { kind: 'folder' };
      case 'submodule':
        return { kind: 'submodule' };
      case 'symlink':
        return { kind: 'link', target: String(file.target) };
      case 'file':
        return { kind: 'file', file };
      default:
        return { kind: 'absent' };
    }
  }

  async function entryAt(ref: string, path: string): Promise<Entry> {
    const found = await followLinks((at) => look(ref, at), posix.join(await prefix, path));
    if (found.kind === 'submodule') {
      return { kind: 'submodule', path: posix.relative(await prefix, found.path) };
    }
    if (found.kind !== 'file') return found;
    const { size } = found.file;
    if (typeof size === 'number' && size > largestFile) return { kind: 'too-large', size };
    const entry = contentEntry(await contentOf(found.file, path));
    if (entry.kind !== 'pointer') return entry;
    const content = await stored(entry, largestFile);
    return content === undefined ? entry : { kind: 'file', content };
  }

  /** Of more than a megabyte the description has no content. */
  async function contentOf(file: Described, path: string): Promise<Uint8Array> {
    const blob = file.encoding === 'base64' ? file : await blobOf(file);
    if (blob.encoding === 'base64' && typeof blob.content === 'string') {
      return Buffer.from(blob.content, 'base64');
    }
    throw unreadable(`GitHub does not give the content of ${path}`, contentsRight);
  }

  async function blobOf({ sha }: Described): Promise<Described> {
    return Object((await ask(routes.blob, { file_sha: sha }))?.data) as Described;
  }

  async function listAt(folder: string): Promise<string[]> {
    const found = await followLinks((at) => look(commit, at), posix.join(await prefix, folder));
    if (found.kind !== 'folder') return [];
    return below(found.path, folder);
  }

  async function below(path: string, name: string): Promise<string[]> {
    const data = (await ask(routes.contents, { path: path === '.' ? '' : path, ref: commit }))
      ?.data;
    const inside = (Array.isArray(data) ? data : []).map(async (entry: Described) => {
      const [at, as] = [path, name].map((one) => posix.join(one, String(entry.name)));
      return entry.type === 'dir' ? below(at ?? '', as ?? '') : [as ?? ''];
    });
    return (await Promise.all(inside)).flat();
  }

  return {
    at: (path) => entryAt(commit, path),
    list: listAt,
    async history(path, count) {
      const which = { sha: commit, path: posix.join(await prefix, path), per_page: count };
      const data = (await ask(routes.commits, which))?.data;
      const commits = (Array.isArray(data) ? data : []).flatMap((one: { sha?: unknown }) =>
        typeof one.sha === 'string' ? [one.sha] : [],
      );
      return Promise.all(
        commits.map(async (one) => ({ commit: one, entry: await entryAt(one, path) })),
      );
    },
  };
}

/** What GitHub says of a path, or of an entry of a folder. Nothing of it is taken for granted. */
interface Described {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly target?: unknown;
  readonly sha?: unknown;
  readonly size?: unknown;
  readonly encoding?: unknown;
  readonly content?: unknown;
}
