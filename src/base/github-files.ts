import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { git } from '../git.ts';
import { commitName, readAnswer } from '../github/answers.ts';
import { type GitHubRequest, requestFailure, retryDelay } from '../github/request.ts';
import { type BaseFiles, unreadable } from './base.ts';
import { versions } from './committed-files.ts';

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

/**
 * The files of a commit that GitHub is known to have: "not found" means that the commit has no such
 * file. Throws 'uncompared' for every other answer.
 */
export function githubFiles(root: string, commit: string, ask: Ask): BaseFiles {
  // The project may be a folder of the repository.
  const prefix = git(root, 'rev-parse', '--show-prefix').then((found) => found ?? '');
  const contents = 'GET /repos/{owner}/{repo}/contents/{path}';
  const short = commit.slice(0, 7);

  async function readAt(ref: string, path: string): Promise<Uint8Array | undefined> {
    const raw = { path: `${await prefix}${path}`, ref, mediaType: { format: 'raw' } };
    const answer = await ask(contents, raw);
    // A folder, or a submodule, that the client has read as JSON already.
    if (answer === undefined || isObject(answer.data)) return undefined;
    const text = known(v.string('no content'), path, answer.data);
    return isDescription(text, raw.path) ? undefined : new TextEncoder().encode(text);
  }

  async function listAt(folder: string, depth = 0): Promise<string[]> {
    const data = (await ask(contents, { path: `${await prefix}${folder}`, ref: commit }))?.data;
    // A file is described by an object.
    const entries = Array.isArray(data) ? known(entriesSchema, `the files of ${folder}`, data) : [];
    const paths: string[] = [];
    for (const { name, type } of entries) {
      const path = `${folder}/${name}`;
      if (type === 'file') paths.push(path);
      if (type !== 'dir') continue;
      if (depth === deepest) throw unreadable(`${folder} of ${short} has no end`, contentsRight);
      paths.push(...(await listAt(path, depth + 1)));
    }
    return paths;
  }

  /** What a schema reads of an answer. Throws 'uncompared' for another one. */
  function known<Schema extends v.GenericSchema>(schema: Schema, what: string, data: unknown) {
    try {
      return readAnswer(schema, `${what} at ${short}`, data);
    } catch (error) {
      throw unreadable(`GitHub answers wrong: ${(error as Error).message}`, contentsRight);
    }
  }

  return {
    read: (path) => readAt(commit, path),
    list: listAt,
    async history(path, count) {
      const asked = { sha: commit, path: `${await prefix}${path}`, per_page: count };
      const answer = await ask('GET /repos/{owner}/{repo}/commits', asked);
      const found = answer ? known(commitsSchema, `the commits of ${path}`, answer.data) : [];
      const commits = found.map(({ sha }) => sha).slice(0, count);
      const all = await Promise.all(commits.map((one) => readAt(one, path)));
      return versions(commits, all);
    },
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Folders in folders: a server that gives the same one for ever must not be followed for ever. */
const deepest = 30;

const entriesSchema = v.array(
  v.object({
    name: v.pipe(v.string(), v.regex(/^(?!\.{1,2}$)[^/\0]+$/, 'no name of a file')),
    type: v.string(),
  }),
);
const commitsSchema = v.array(v.object({ sha: commitName }));

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
