import * as v from 'valibot';
import { commitName } from '../github/api/answers.ts';
import { type Ask, treeRoute } from './ask-github.ts';

/** What a commit has at a path, as Git's own listing of it says. */
export type TreeKind = 'file' | 'link' | 'folder' | 'submodule' | 'absent';

/** All paths of a commit: the only thing that can say that there is none. */
export interface CommitTree {
  kindOf(path: string): Promise<TreeKind>;
  /** Paths of all that is in a folder and no folder itself, relative to it. */
  filesIn(folder: string): Promise<string[]>;
}

/**
 * The tree of a commit, in one request; of one that GitHub does not list whole, folder by folder as
 * they are asked for. Undefined where the server has no such route. Throws what `strange` makes for an
 * answer of another form than docs.github.com, "Get a tree" describes.
 */
export async function commitTree(
  ask: Ask,
  commit: string,
  strange: (what: string) => Error,
): Promise<CommitTree | undefined> {
  const what = `the files of ${commit.slice(0, 7)}`;
  const whole = await ask(treeRoute, { tree_sha: commit, recursive: '1' });
  if ('missing' in whole) return undefined;
  const { tree, truncated } = read(whole.data, what);
  if (!truncated) return wholeTree(tree);
  const folders = new Map<string, Promise<Entries>>();
  return treeByFolders((sha = commit) => {
    const known = folders.get(sha);
    if (known) return known;
    const asked = ask(treeRoute, { tree_sha: sha }).then((answer) => {
      const folder = 'data' in answer ? read(answer.data, what) : undefined;
      if (folder === undefined || folder.truncated) throw strange(what);
      return folder.tree;
    });
    folders.set(sha, asked);
    return asked;
  });

  function read(data: unknown, of: string): v.InferOutput<typeof treeSchema> {
    const result = v.safeParse(treeSchema, data);
    if (!result.success) throw strange(of);
    return result.output;
  }
}

const treeSchema = v.object({
  tree: v.array(
    v.object({
      path: v.pipe(v.string(), v.minLength(1)),
      mode: v.string(),
      type: v.picklist(['blob', 'tree', 'commit']),
      sha: commitName,
    }),
  ),
  truncated: v.boolean(),
});
type Entries = v.InferOutput<typeof treeSchema>['tree'];

function wholeTree(entries: Entries): CommitTree {
  const kinds = new Map(entries.map((entry) => [entry.path, kindOf(entry)]));
  return {
    kindOf: async (path) => (isTop(path) ? 'folder' : (kinds.get(path) ?? 'absent')),
    filesIn: async (folder) => {
      const start = isTop(folder) ? '' : `${folder}/`;
      return [...kinds]
        .filter(([path, kind]) => kind !== 'folder' && path.startsWith(start))
        .map(([path]) => path.slice(start.length));
    },
  };
}

function treeByFolders(list: (sha?: string) => Promise<Entries>): CommitTree {
  async function find(path: string): Promise<Entries[number] | undefined> {
    let entries = await list();
    const names = path.split('/');
    for (const [at, name] of names.entries()) {
      const found = entries.find((entry) => entry.path === name);
      if (found === undefined || at === names.length - 1) return found;
      if (found.type !== 'tree') return undefined;
      entries = await list(found.sha);
    }
    return undefined;
  }

  async function below(entries: Entries, start: string, depth: number): Promise<string[]> {
    const paths: string[] = [];
    for (const { path, type, sha } of entries) {
      if (type !== 'tree') paths.push(start + path);
      else if (depth < deepest) {
        paths.push(...(await below(await list(sha), `${start}${path}/`, depth + 1)));
      }
    }
    return paths;
  }

  return {
    async kindOf(path) {
      if (isTop(path)) return 'folder';
      const found = await find(path);
      return found ? kindOf(found) : 'absent';
    },
    async filesIn(folder) {
      const entries = isTop(folder) ? await list() : await list((await find(folder))?.sha ?? '');
      return below(entries, '', 0);
    },
  };
}

/** Git's own trees hold no folder without end; a server's answers may. */
const deepest = 1_000;

function kindOf({ type, mode }: Entries[number]): TreeKind {
  if (type === 'tree') return 'folder';
  if (type === 'commit') return 'submodule';
  return mode === '120000' ? 'link' : 'file';
}

function isTop(path: string): boolean {
  return path === '' || path === '.';
}
