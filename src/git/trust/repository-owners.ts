import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A Git repository around a folder, with all whose owners could decide what Git does in it. */
export interface RepositoryOwners {
  /** Git's root, without links, as Git compares it with `safe.directory`. */
  readonly top: string;
  /** What `.git` is, or leads to. */
  readonly gitFolder: string;
  /** Of the root itself. */
  readonly topOwner: number;
  /** Of `.git`, of where it leads, and of the configuration there. */
  readonly gitOwners: readonly number[];
  /** Of the folder that was asked about. */
  readonly folderOwner: number;
}

/** The repository that Git would find from a folder; undefined where there is none. */
export function repositoryOwners(folder: string): RepositoryOwners | undefined {
  const from = realOr(folder);
  for (let top = from; ; top = dirname(top)) {
    const dotGit = join(top, '.git');
    if (lstatSync(dotGit, { throwIfNoEntry: false })) {
      const gitFolder = gitFolderOf(top, dotGit);
      const common = commonFolder(gitFolder);
      const deciding = [
        gitFolder,
        common,
        join(common, 'config'),
        join(gitFolder, 'config.worktree'),
      ];
      const owners = deciding.map((path) => statSync(path, { throwIfNoEntry: false })?.uid);
      return {
        ...{ top, gitFolder },
        topOwner: statSync(top).uid,
        gitOwners: [lstatSync(dotGit).uid, ...owners.filter((uid) => uid !== undefined)],
        folderOwner: statSync(from, { throwIfNoEntry: false })?.uid ?? statSync(top).uid,
      };
    }
    if (top === dirname(top)) return undefined;
  }
}

/** `.git` may be a file with the line `gitdir: …`. */
function gitFolderOf(top: string, dotGit: string): string {
  if (statSync(dotGit, { throwIfNoEntry: false })?.isFile() !== true) return realOr(dotGit);
  const line = /^gitdir: (.+)$/m.exec(readOr(dotGit))?.[1];
  return realOr(line === undefined ? dotGit : resolve(top, line));
}

/** Linked work trees share the configuration of one. */
function commonFolder(gitFolder: string): string {
  const line = readOr(join(gitFolder, 'commondir')).trim();
  return line === '' ? gitFolder : realOr(resolve(gitFolder, line));
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
