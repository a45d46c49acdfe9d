import { posix } from 'node:path';
import { git, gitBytes } from '../git/git.ts';
import { lfsStore } from '../git/lfs/content.ts';
import { contentEntry, type Entry, largestFile } from '../revision/entry.ts';
import { followLinks, type TreeNode } from '../revision/follow-links.ts';
import { gitObjects } from '../revision/git-objects.ts';
import { type GitTree, gitTree, type TreeEntry } from '../revision/git-tree.ts';
import { type BaseFiles, type BaseRevision, shellWord, unreadable } from './base.ts';

/**
 * The files of a commit that the clone has: what Git has of them, whatever a checkout would make of
 * them (line ends, filters), but with the content of Git LFS where that is here. DVC reads a revision
 * so too, but for links, which it does not follow. In a partial clone Git itself gets a content that is
 * not here; it asks no person, and has a minute.
 */
export function committedFiles(root: string, commit: string): BaseFiles {
  const objects = gitObjects(root);
  const stored = lfsStore(root);
  const trees = new Map<string, GitTree>();
  const treeOf = (revision: string) => {
    const tree = trees.get(revision) ?? gitTree(root, revision, lost);
    trees.set(revision, tree);
    return tree;
  };

  const follow = async (tree: GitTree, path: string) =>
    followLinks((at) => look(tree, at), posix.join(await tree.prefix, path));

  async function look(tree: GitTree, path: string): Promise<TreeNode<TreeEntry>> {
    const entry = await tree.find(path);
    if (entry === undefined) return { kind: 'absent' };
    switch (entry.mode) {
      case '040000':
        return { kind: 'folder' };
      case '160000':
        return { kind: 'submodule' };
      case '120000':
        return { kind: 'link', target: await targetOf(entry.hash, path) };
      default:
        return { kind: 'file', file: entry };
    }
  }

  async function entryAt(revision: string, path: string): Promise<Entry> {
    const tree = treeOf(revision);
    const found = await follow(tree, path);
    if (found.kind === 'file') return fileOf(found.file.hash, `${path} of ${revision.slice(0, 7)}`);
    if (found.kind !== 'submodule') return found;
    return { kind: 'submodule', path: posix.relative(await tree.prefix, found.path) };
  }

  async function fileOf(hash: string, what: string): Promise<Entry> {
    const blob = await objects(hash);
    if ('said' in blob) throw await lost(what, blob.said);
    if ('size' in blob) return { kind: 'too-large', size: blob.size };
    const entry = contentEntry(blob.content);
    if (entry.kind !== 'pointer') return entry;
    const content = await stored(entry, largestFile);
    return content === undefined ? entry : { kind: 'file', content };
  }

  async function targetOf(hash: string, path: string): Promise<string> {
    const blob = await objects(hash);
    if ('said' in blob) throw await lost(path, blob.said);
    return 'content' in blob ? new TextDecoder().decode(blob.content) : '';
  }

  async function lost(what: string, said: string) {
    const promisors = await git(
      root,
      'config',
      '--name-only',
      '--get-regexp',
      '^remote\\..*\\.promisor$',
    );
    const remote = /^remote\.(.+)\.promisor$/m.exec(promisors ?? '')?.[1];
    return remote === undefined
      ? unreadable(`${what} cannot be read: Git says ${said}`, 'git fsck')
      : unreadable(
          `${what} is not in this partial clone, and ${remote} does not give it: ${said}`,
          `git fetch --refetch --no-filter ${shellWord(remote)}`,
        );
  }

  return {
    at: (path) => entryAt(commit, path),
    async list(folder) {
      const tree = treeOf(commit);
      const found = await follow(tree, folder);
      if (found.kind !== 'folder') return [];
      const paths = await tree.below(found.path);
      return paths.map((path) => posix.join(folder, posix.relative(found.path, path)));
    },
    async history(path, count) {
      const args = ['log', `--max-count=${count}`, '--format=%H', commit, '--', path];
      const answer = await gitBytes(root, ['--literal-pathspecs', ...args]);
      if (!answer.isDone) throw await lost(`the history of ${path}`, answer.said);
      const commits = new TextDecoder().decode(answer.stdout).split('\n').filter(Boolean);
      const entries = await Promise.all(commits.map((one) => entryAt(one, path)));
      return commits.map((one, index) => ({ commit: one, entry: entries[index] as Entry }));
    },
  };
}

/** A commit of the local clone. */
export function localRevision(root: string, commit: string, ref?: string): BaseRevision {
  return { commit, ...(ref !== undefined && { ref }), ...committedFiles(root, commit) };
}
