import { git, gitBytes } from '../git/git.ts';
import { batched } from './batched.ts';

/** An entry of a tree as Git lists it. */
export interface TreeEntry {
  readonly mode: string;
  readonly hash: string;
}

/** The tree of a commit; paths are relative to Git's root. */
export interface GitTree {
  /** Where the project is in it: empty, or a folder with a slash behind it. */
  readonly prefix: Promise<string>;
  find(path: string): Promise<TreeEntry | undefined>;
  /** The files, links and submodules below a folder. */
  below(folder: string): Promise<readonly string[]>;
}

/** Characters of paths on one command line, of which Linux takes far more. */
const longestLine = 100_000;

/**
 * Looks paths up in a commit's tree; those that are asked for together are found by one process. What
 * Git does not answer is thrown as `lost` has it.
 */
export function gitTree(
  root: string,
  commit: string,
  lost: (what: string, said: string) => Promise<Error>,
): GitTree {
  const prefix = git(root, 'rev-parse', '--show-prefix').then((found) => found ?? '');
  /** Of what was listed, also where a name is no UTF-8 and cannot be asked for. */
  const known = new Map<string, TreeEntry>();

  async function list(options: readonly string[], paths: readonly string[], what: string) {
    // Without this Git would read a path that starts with a colon as a pattern.
    const literal = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', ...options];
    const answer = await gitBytes(root, [...literal, commit, '--', ...paths]);
    if (!answer.isDone) throw await lost(`${what} of ${commit.slice(0, 7)}`, answer.said);
    const lines = new TextDecoder().decode(answer.stdout).split('\0');
    return lines.flatMap((line) => {
      const [, mode = '', hash = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return path === '' ? [] : [{ path, entry: { mode, hash } }];
    });
  }

  const find = batched<TreeEntry | undefined>(async (paths) => {
    const found = new Map<string, TreeEntry>();
    for (const some of separate(paths)) {
      for (const { path, entry } of await list([], some, some[0] ?? '')) found.set(path, entry);
    }
    return (path) => found.get(path);
  });

  return {
    prefix,
    async find(path) {
      if (path === '.') return { mode: '040000', hash: '' };
      return known.get(path) ?? (path.includes('\0') ? undefined : find(path));
    },
    async below(folder) {
      const under = folder === '.' ? [] : [`${folder}/`];
      const entries = await list(['-r'], under, folder);
      for (const { path, entry } of entries) known.set(path, entry);
      return entries.map(({ path }) => path);
    },
  };
}

/** In parts of which each fits on a command line and has no path below another: Git would list that. */
function separate(paths: readonly string[]): string[][] {
  const parts: string[][] = [];
  const deep = new Map<string, string[]>();
  for (const path of paths) {
    const depth = String(path.split('/').length);
    deep.set(depth, [...(deep.get(depth) ?? []), path]);
  }
  for (const some of deep.values()) {
    let length = longestLine;
    for (const path of some) {
      length += path.length + 1;
      if (length > longestLine) {
        parts.push([]);
        length = path.length;
      }
      parts.at(-1)?.push(path);
    }
  }
  return parts;
}
