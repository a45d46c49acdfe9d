import { types } from 'node:util';
import type { ExpectedFailure } from '../errors.ts';
import { git } from '../git.ts';
import { type Clock, realClock } from '../github/clock.ts';
import { patientRequest } from '../github/patient-request.ts';
import { type GitHubRequest, gitHubsWord, isRateLimit, requestFailure } from '../github/request.ts';
import { type BaseFiles, unreadable } from './base.ts';
import { versions } from './committed-files.ts';

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export const contentsRight = 'permissions: {contents: read}, for the job that reports';
const again = 'run the job again';

/** What GitHub answers; `missing` is its own word for "there is no such thing" (404). */
export type Answer = { readonly data: unknown } | { readonly missing: string };

export type Ask = (route: string, parameters: Readonly<Record<string, unknown>>) => Promise<Answer>;

/**
 * Asks again after a passing failure. Throws 'uncompared' for every answer but yes and no, and for a
 * 404 that is not in GitHub's form: a proxy has it too.
 */
export function asking(
  request: GitHubRequest,
  { owner, repo }: Repository,
  clock: Clock = realClock,
): Ask {
  const patient = patientRequest(request, clock);
  return async (route, parameters) => {
    try {
      return { data: (await patient(route, { owner, repo, ...parameters })).data };
    } catch (error) {
      const failure = requestFailure(error);
      const { status, message } = failure;
      const word = status === 404 ? gitHubsWord(error) : undefined;
      if (word !== undefined) return { missing: word };
      const isRefused = status !== undefined && status < 500 && !isRateLimit(failure);
      throw unreadable(
        `GitHub answers ${[status ?? 'nothing', message].join(' ')} to ${route}`,
        isRefused ? contentsRight : again,
      );
    }
  };
}

/**
 * The files of a commit that GitHub is known to have: "not found" means that the commit has no such
 * file. Throws 'uncompared' for every other answer.
 */
export function githubFiles(root: string, commit: string, ask: Ask): BaseFiles {
  // The project may be a folder of the repository.
  const prefix = git(root, 'rev-parse', '--show-prefix').then((found) => found ?? '');
  const contents = 'GET /repos/{owner}/{repo}/contents/{path}';

  async function readAt(ref: string, path: string): Promise<Uint8Array | undefined> {
    const raw = { path: `${await prefix}${path}`, ref, mediaType: { format: 'raw' } };
    const answer = await ask(contents, raw);
    if ('missing' in answer) return undefined;
    const { data } = answer;
    // Octokit keeps bytes whose type says nothing of text.
    if (types.isArrayBuffer(data)) return new Uint8Array(data);
    const text = typeof data === 'string' ? data : JSON.stringify(Object(data));
    if (isDescription(text, raw.path)) return undefined;
    if (typeof data === 'string') return new TextEncoder().encode(data);
    throw strange(`${raw.path} of ${ref.slice(0, 7)}`);
  }

  async function listAt(folder: string, depth = 0): Promise<string[]> {
    const asked = { path: `${await prefix}${folder}`, ref: commit };
    const answer = await ask(contents, asked);
    if ('missing' in answer) return [];
    const { data } = answer;
    if (typeof data !== 'object' || data === null) {
      throw strange(`${asked.path} of ${commit.slice(0, 7)}`);
    }
    const paths: string[] = [];
    // Of a file it gives a description, no list.
    for (const entry of Array.isArray(data) ? data : []) {
      const { name, type } = entry as { name?: unknown; type?: unknown };
      const path = `${folder}/${String(name)}`;
      if (type === 'file') paths.push(path);
      if (type !== 'dir') continue;
      if (depth === deepest) throw strange(`${folder}, a folder without end,`);
      paths.push(...(await listAt(path, depth + 1)));
    }
    return paths;
  }

  return {
    read: (path) => readAt(commit, path),
    list: listAt,
    async history(path, count) {
      const asked = { sha: commit, path: `${await prefix}${path}`, per_page: count };
      const answer = await ask('GET /repos/{owner}/{repo}/commits', asked);
      const data = 'data' in answer ? answer.data : [];
      const commits = (Array.isArray(data) ? data : []).flatMap((one: { sha?: unknown }) =>
        typeof one.sha === 'string' ? [one.sha] : [],
      );
      const all = await Promise.all(commits.map((one) => readAt(one, path)));
      return versions(commits, all);
    },
  };
}

/** Folders in folders: a server that gives the same one for ever must not be followed for ever. */
const deepest = 30;

/** Thrown for an answer that says neither what is there nor that nothing is. */
function strange(what: string): ExpectedFailure {
  return unreadable(`GitHub answers for ${what} in a form that is not known`, again);
}

/**
 * Whether an answer for a raw file is GitHub's description of what is none: it lists a folder, and
 * describes a submodule, whatever was asked for, and only the type of its answer says so at times.
 */
function isDescription(text: string, path: string): boolean {
  if (!/^\s*[[{]/.test(text) || !text.includes('"git_url"')) return false;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return false;
  }
  const entries = Array.isArray(json) ? json : [json];
  return entries.every((entry) => {
    const described = Object(entry) as Record<string, unknown>;
    const isThere = described.path === path || String(described.path).startsWith(`${path}/`);
    return isThere && 'git_url' in described && 'sha' in described && 'type' in described;
  });
}
