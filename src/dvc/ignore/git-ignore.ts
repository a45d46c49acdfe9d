import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readIfThere } from '../../system/read-if-there.ts';
import { readWhole, readWholeIfAble } from '../../system/read-whole.ts';
import { gitIgnoreConfig } from './git-config.ts';
import { type GitPattern, gitPatterns } from './git-pattern.ts';

/** The patterns of one file, and how many folders below the repository's root they count from. */
interface PatternFile {
  readonly depth: number;
  /** The last first: it has the last word. */
  readonly patterns: readonly GitPattern[];
}

/**
 * What Git ignores in the judgement of the library that DVC asks (dulwich/ignore.py,
 * IgnoreFilterManager): DVC does not look for dvc.yaml and `.dvc` files there. Of a folder that is
 * ignored nothing is seen, and `folder/*` or `folder/**` ignores the folder too, whatever a later
 * `!folder/*.dvc` says. Without a repository nothing is ignored. Methods throw 'configuration' where
 * an ignore file cannot be read.
 */
export class GitIgnore {
  private readonly workTree: string | undefined;
  /** From the repository's root down to the project's, with `/` at its end; `''` if they are one. */
  private readonly prefix: string;
  private readonly overall: readonly PatternFile[];
  private readonly ignoreCase: boolean;
  private readonly files = new Map<string, readonly PatternFile[]>();
  private readonly folders = new Map<string, boolean>();

  constructor(root: string, env: NodeJS.ProcessEnv = process.env) {
    this.workTree = findWorkTree(root);
    const inside = this.workTree === undefined ? '' : relative(this.workTree, root);
    this.prefix = inside === '' ? '' : `${bytes(inside)}/`;
    const { overall, ignoreCase } =
      this.workTree === undefined
        ? { overall: [], ignoreCase: false }
        : overallPatterns(this.workTree, env);
    this.overall = overall;
    this.ignoreCase = ignoreCase;
  }

  /** `path` is relative to the project's root. */
  ignores(path: string, isFolder: boolean): boolean {
    if (this.workTree === undefined) return false;
    const name = this.prefix + bytes(path);
    if (this.excludesFolder(parentOf(name))) return true;
    const files = this.filesFor(isFolder ? name : parentOf(name));
    if (lastNaming(files, name, isFolder)?.isExclude) return true;
    return isFolder && lastReachingInside(files, name)?.isExclude === true;
  }

  /** By its name or that of a folder that it lies in. */
  private excludesFolder(folder: string): boolean {
    if (folder === '') return false;
    const known = this.folders.get(folder);
    if (known !== undefined) return known;
    const excludes =
      this.excludesFolder(parentOf(folder)) ||
      lastNaming(this.filesFor(folder), folder, true)?.isExclude === true;
    this.folders.set(folder, excludes);
    return excludes;
  }

  /** The files that count in a folder, its own first. */
  private filesFor(folder: string): readonly PatternFile[] {
    const known = this.files.get(folder);
    if (known !== undefined) return known;
    const above = folder === '' ? this.overall : this.filesFor(parentOf(folder));
    const path = Buffer.from(folder, 'latin1').toString('utf8');
    const file = join(path, '.gitignore');
    const shown = relative(this.prefix.replace(/\/$/, ''), file);
    const text = readOwnFile(join(this.workTree ?? '', file), shown);
    const depth = folder === '' ? 0 : folder.split('/').length;
    const files =
      text === '' ? above : [{ depth, patterns: reversed(text, this.ignoreCase) }, ...above];
    this.files.set(folder, files);
    return files;
  }
}

function overallPatterns(
  workTree: string,
  env: NodeJS.ProcessEnv,
): { overall: readonly PatternFile[]; ignoreCase: boolean } {
  const gitFolder = gitFolderOf(workTree);
  const { excludesFile, ignoreCase } = gitIgnoreConfig(workTree, commonFolderOf(gitFolder), env);
  const overall = [excludesFile, join(gitFolder, 'info/exclude')].flatMap((file) => {
    const text = readWholeIfAble(file)?.toString('latin1') ?? '';
    return text === '' ? [] : [{ depth: 0, patterns: reversed(text, false) }];
  });
  return { overall, ignoreCase };
}

function reversed(text: string, ignoreCase: boolean): readonly GitPattern[] {
  return gitPatterns(text, ignoreCase).reverse();
}

function lastNaming(
  files: readonly PatternFile[],
  name: string,
  isFolder: boolean,
): GitPattern | undefined {
  for (const { depth, patterns } of files) {
    const below = fromDepth(name, depth);
    const found = patterns.find((pattern) => pattern.names(below, isFolder));
    if (found) return found;
  }
  return undefined;
}

function lastReachingInside(files: readonly PatternFile[], name: string): GitPattern | undefined {
  for (const { depth, patterns } of files) {
    const below = fromDepth(name, depth);
    const found = patterns.find((pattern) => pattern.reachesInside(below));
    if (found) return found;
  }
  return undefined;
}

/** The path as seen from a folder so many levels down; `''` for that folder itself. */
function fromDepth(name: string, depth: number): string {
  return depth === 0 ? name : name.split('/').slice(depth).join('/');
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** Patterns are of bytes: `?` is one of them, not a letter. */
function bytes(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** The nearest folder up the tree that has a `.git`; no process is started for it. */
export function findWorkTree(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Of a linked work tree or a submodule `.git` is a file that names it. */
export function gitFolderOf(workTree: string): string {
  const path = join(workTree, '.git');
  if (statSync(path).isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(readWhole(path).toString('utf8'))?.[1];
  return named === undefined ? path : resolve(workTree, named);
}

/**
 * The folder of the repository that a linked work tree belongs to, where its configuration is; the
 * library takes info/exclude from the work tree's own (dulwich/repo.py, Repo.__init__).
 */
export function commonFolderOf(gitFolder: string): string {
  const named = readWholeIfAble(join(gitFolder, 'commondir'))?.toString('utf8');
  return named === undefined ? gitFolder : resolve(gitFolder, named.replace(/[\r\n]+$/, ''));
}

/** A `.gitignore` that is a link counts as none. */
function readOwnFile(file: string, shown: string): string {
  return readIfThere(file, shown, false).toString('latin1');
}
