import { posix } from 'node:path';
import pLimit from 'p-limit';
import * as v from 'valibot';
import type { ExpectedFailure } from '../errors.ts';
import { git } from '../git/git.ts';
import { lfsStore } from '../git/lfs/content.ts';
import { commitName } from '../github/api/answers.ts';
import { contentEntry, type Entry, largestFile } from '../revision/entry.ts';
import { followLinks, type TreeNode } from '../revision/follow-links.ts';
import { type Answer, type Ask, again } from './ask-github.ts';
import { type BaseFiles, unreadable, wholeHistory } from './base.ts';
import { type CommitTree, commitTree } from './github-tree.ts';

/** Requests that are under way at once. */
const together = 8;

const routes = {
  contents: 'GET /repos/{owner}/{repo}/contents/{path}',
  blob: 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
  commits: 'GET /repos/{owner}/{repo}/commits',
} as const;

/**
 * The files of a commit that GitHub is known to have. A gateway, or a token whose right ended, answers
 * 404 too: a file is absent only where the commit's own tree lacks it. Throws 'uncompared' where that is
 * not known.
 */
export function githubFiles(root: string, commit: string, asked: Ask): BaseFiles {
  const limit = pLimit(together);
  const ask: Ask = (...args) => limit(() => asked(...args));
  // The project may be a folder of the repository.
  const prefix = git(root, 'rev-parse', '--show-prefix').then((found) => found ?? '');
  const stored = lfsStore(root);

  const trees = new Map<string, Promise<CommitTree | undefined>>();
  const listings = new Map<string, Promise<Answer>>();

  function treeOf(ref: string): Promise<CommitTree | undefined> {
    const tree = trees.get(ref) ?? commitTree(ask, ref, strange);
    trees.set(ref, tree);
    return tree;
  }

  /** What the tree itself tells, which needs no content: a folder, or that there is nothing. */
  async function inTree(ref: string, path: string): Promise<TreeNode<Described> | undefined> {
    const kind = await (await trees.get(ref))?.kindOf(path);
    return kind === 'folder' || kind === 'absent' ? { kind } : undefined;
  }

  /** Throws where the commit has the path in spite of the 404, or where nobody says that it has not. */
  async function absentFor(word: string, ref: string, path: string): Promise<TreeNode<Described>> {
    const tree = await treeOf(ref);
    const told = await inTree(ref, path);
    if (told) return told;
    if (!tree && word === 'Not Found' && !(await isListed(ref, path))) return { kind: 'absent' };
    const of = `${path} of ${ref.slice(0, 7)}`;
    throw unreadable(`GitHub answers 404 ${word} for ${of}, which it may have`, again);
  }

  /** For servers without trees. Whether the commit, which must be readable there, lists the path. */
  async function isListed(ref: string, path: string): Promise<boolean> {
    const asked = listings.get(ref) ?? ask(routes.contents, { path: '', ref });
    listings.set(ref, asked);
    const answer = await asked;
    const top = 'data' in answer ? answer.data : undefined;
    if (!v.is(namedEntries, top)) throw strange(`the files of ${ref.slice(0, 7)}`);
    return top.some(({ name }) => name === path);
  }

  /** GitHub itself follows a link to a file, and no other. */
  async function look(ref: string, path: string): Promise<TreeNode<Described>> {
    const told = await inTree(ref, path);
    if (told) return told;
    const answer = await ask(routes.contents, { path: path === '.' ? '' : path, ref });
    if ('missing' in answer) return absentFor(answer.missing, ref, path);
    if (Array.isArray(answer.data)) return { kind: 'folder' };
    const file = Object(answer.data) as Described;
    switch (file.type) {
      case 'dir':
        return { kind: 'folder' };
      case 'submodule':
        return { kind: 'submodule' };
      case 'symlink':
        if (typeof file.target !== 'string') throw strange(`the link ${path}`);
        return { kind: 'link', target: file.target };
      case 'file':
        return { kind: 'file', file };
      default:
        throw strange(`${path} of ${ref.slice(0, 7)}`);
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
    const blob = file.encoding === 'base64' ? file : await blobOf(file, path);
    if (blob.encoding !== 'base64' || typeof blob.content !== 'string') throw strange(path);
    const content = Buffer.from(blob.content, 'base64');
    if (typeof file.size === 'number' && content.length !== file.size) throw strange(path);
    return content;
  }

  async function blobOf({ sha }: Described, path: string): Promise<Described> {
    if (!v.is(commitName, sha)) throw strange(path);
    const answer = await ask(routes.blob, { file_sha: sha });
    if ('missing' in answer) throw strange(path);
    return Object(answer.data) as Described;
  }

  async function listAt(folder: string): Promise<string[]> {
    const found = await followLinks((at) => look(commit, at), posix.join(await prefix, folder));
    if (found.kind !== 'folder') return [];
    return below(found.path, folder);
  }

  async function below(path: string, name: string, depth = 0): Promise<string[]> {
    const answer = await ask(routes.contents, { path: path === '.' ? '' : path, ref: commit });
    if ('missing' in answer || !Array.isArray(answer.data)) throw strange(`the folder ${path}`);
    if (depth > deepest) throw strange(`${path}, a folder without end,`);
    if (answer.data.length >= mostListed) {
      const tree = await treeOf(commit);
      if (tree) return (await tree.filesIn(path)).map((inside) => posix.join(name, inside));
      const more = `GitHub lists no more than ${mostListed} entries of a folder, and ${name} has as many`;
      throw unreadable(more, wholeHistory);
    }
    const inside = answer.data.map(async (entry: unknown) => {
      if (!v.is(namedEntry, entry)) throw strange(`the folder ${path}`);
      const [at, as] = [posix.join(path, entry.name), posix.join(name, entry.name)];
      return entry.type === 'dir' ? below(at, as, depth + 1) : [as];
    });
    return (await Promise.all(inside)).flat();
  }

  return {
    at: (path) => entryAt(commit, path),
    list: listAt,
    async history(path, count) {
      const which = { sha: commit, path: posix.join(await prefix, path), per_page: count };
      const answer = await ask(routes.commits, which);
      const commits = 'data' in answer ? answer.data : undefined;
      if (!v.is(namedCommits, commits)) throw strange(`the history of ${path}`);
      return Promise.all(
        commits
          .slice(0, count)
          .map(async ({ sha }) => ({ commit: sha, entry: await entryAt(sha, path) })),
      );
    },
  };
}

/** docs.github.com, "Get repository content": a folder's listing ends there, and does not say so. */
const mostListed = 1_000;

/** Folders in folders: a server that gives the same one for ever must not be followed for ever. */
const deepest = 30;

const namedEntry = v.object({
  name: v.pipe(v.string(), v.regex(/^(?!\.{1,2}$)[^/\0]+$/)),
  type: v.string(),
});
const namedEntries = v.array(namedEntry);
const namedCommits = v.array(v.object({ sha: commitName }));

/** Thrown for an answer that says neither what is there nor that nothing is. */
function strange(what: string): ExpectedFailure {
  return unreadable(`GitHub answers for ${what} in a form that is not known`, again);
}

/** What GitHub says of a path, or of an entry of a folder. Nothing of it is taken for granted. */
interface Described {
  readonly type?: unknown;
  readonly target?: unknown;
  readonly sha?: unknown;
  readonly size?: unknown;
  readonly encoding?: unknown;
  readonly content?: unknown;
}
