import { posix } from 'node:path';
import { git, gitBytes } from '../git.ts';
import { lfsContent } from '../git-data/lfs-content.ts';
import { type BaseFiles, type BaseRevision, shellWord, unreadable } from './base.ts';

/** Links that are followed from one to the next. */
const mostLinks = 5;

/**
 * The files of a commit that the clone has. In a partial clone Git itself gets a content that is not
 * here; it asks no person, and has a minute.
 */
export function committedFiles(root: string, commit: string): BaseFiles {
  const short = commit.slice(0, 7);

  async function tree(from: string, ...args: string[]): Promise<string> {
    return output(['ls-tree', '-z', ...args], `the files of ${from}`);
  }

  async function readAt(
    revision: string,
    path: string,
    links = 0,
  ): Promise<Uint8Array | undefined> {
    // Without `./`, Git would read a path that starts with a colon as a pattern.
    const line = await tree(revision.slice(0, 7), revision, '--', `./${path}`);
    const [, mode, kind, hash = ''] = /^(\d+) (\w+) ([0-9a-f]+)\t/.exec(line) ?? [];
    // A folder, or a submodule.
    if (kind !== 'blob') return undefined;
    const answer = await gitBytes(root, ['cat-file', 'blob', hash]);
    if (!answer.isDone) throw await lost(`${path} of ${revision.slice(0, 7)}`, answer.said);
    if (mode !== '120000' || links === mostLinks) return lfsContent(root, answer.stdout);
    const target = new TextDecoder().decode(answer.stdout);
    if (posix.isAbsolute(target)) return undefined;
    return readAt(revision, posix.join(posix.dirname(path), target), links + 1);
  }

  async function output(args: readonly string[], what: string): Promise<string> {
    const answer = await gitBytes(root, args);
    if (!answer.isDone) throw await lost(what, answer.said);
    return new TextDecoder().decode(answer.stdout);
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
    read: (path) => readAt(commit, path),
    async list(folder) {
      const paths = await tree(short, '-r', '--name-only', commit, '--', `./${folder}/`);
      return paths.split('\0').filter((path) => path !== '');
    },
    async history(path, count) {
      const args = ['log', `--max-count=${count}`, '--format=%H', commit, '--', `./${path}`];
      const log = await output(args, `the history of ${path}`);
      const commits = log.split('\n').filter((line) => line !== '');
      const contents = await Promise.all(commits.map((one) => readAt(one, path)));
      return versions(commits, contents);
    },
  };
}

/** A commit of the local clone. */
export function localRevision(root: string, commit: string, ref?: string): BaseRevision {
  return { commit, ...(ref !== undefined && { ref }), ...committedFiles(root, commit) };
}

/** Each commit with its content; one that removed the file is left out. */
export function versions(
  commits: readonly string[],
  contents: readonly (Uint8Array | undefined)[],
) {
  return commits.flatMap((commit, index) => {
    const content = contents[index];
    return content === undefined ? [] : [{ commit, content }];
  });
}
