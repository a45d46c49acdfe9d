import { existsSync, statSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ExpectedFailure } from '../errors.ts';

import { contains } from '../system/contains.ts';
import { writeNewFile } from '../system/new-file.ts';
import { readWhole, specialKind } from '../system/read-whole.ts';
import type { User } from '../system/user.ts';
import { projectId } from './id.ts';

/** A DVC project on this machine. */
export interface Project {
  /** The folder with `.dvc`, absolute; its dvc.yaml files may all be further down. */
  readonly root: string;
  /** Tells this project's containers from others': the same for the same folder. */
  readonly id: string;
  /** Folders that DVC needs to see: the project or the Git repository around it, and Git's own. */
  readonly folders: readonly string[];
  /** Whose files the project's are. */
  readonly user: User;
}

/**
 * Finds the project that `from` lies in: the nearest folder up the tree that has `.dvc`, as DVC finds
 * it (dvc/repo/__init__.py, find_root), wherever its dvc.yaml files are. Where there is none, the
 * nearest with a dvc.yaml: it can be looked at before `dvc init`. Throws 'usage' when there is
 * neither, or no folder `from`.
 */
export function findProject(from: string): Project {
  if (!isFolder(resolve(from))) {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `there is no folder ${from}`,
      hint: 'Name one that exists after -C.',
    });
  }
  const root =
    ancestorWith(from, (folder) => isFolder(join(folder, '.dvc'))) ??
    ancestorWith(from, (folder) => existsSync(join(folder, 'dvc.yaml')));
  if (root === undefined) {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `no dvc.yaml and no .dvc in ${from} or in a folder above it`,
      hint: 'Change to a DVC project, or start one: dvc init, then write dvc.yaml.',
    });
  }
  return {
    root,
    id: projectId(root),
    folders: gitFolders(root),
    user: ownerOf(root),
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function ancestorWith(from: string, accept: (folder: string) => boolean): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (accept(folder)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * The Git work tree around the project, and, for a linked work tree, whose `.git` is a file with
 * the line `gitdir: …/.git/worktrees/NAME`, the repository that it belongs to.
 */
function gitFolders(root: string): string[] {
  const workTree = ancestorWith(root, (folder) => existsSync(join(folder, '.git')));
  if (workTree === undefined) return [root];
  const dotGit = join(workTree, '.git');
  if (statSync(dotGit).isDirectory()) {
    refuseWaiting(dotGit);
    return [workTree];
  }
  const gitdir = /^gitdir: (.+)$/m.exec(readWhole(dotGit).toString('utf8'))?.[1];
  if (gitdir === undefined) return [workTree];
  const repository = resolve(workTree, gitdir, '../..');
  // One that is gone is told where it is needed; what is above it is nobody's repository.
  return isFolder(resolve(workTree, gitdir)) ? [workTree, repository] : [workTree];
}

/** Git reads these whatever it is asked, and would wait at a pipe for somebody to write into it. */
function refuseWaiting(gitFolder: string): void {
  for (const name of ['HEAD', 'config', 'index', 'packed-refs', 'info/exclude']) {
    const path = join(gitFolder, name);
    const special = kindOf(path);
    if (special === undefined) continue;
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `${path} is ${special}, where Git has a file of its own`,
      hint: 'Remove it, and put back what was there (git fsck says what is missing).',
    });
  }
}

function kindOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && specialKind(stats);
  } catch {
    return undefined; // for Git to say
  }
}

/**
 * The ids that stage and runner processes get: the caller's, but the owner's when root runs a
 * project that belongs to somebody else. A checkout by root in a folder of another owner, such as
 * the runner's in a job's container, is root's: to the folder's owner all its files are closed.
 */
function ownerOf(root: string): User {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  if (uid !== 0) return { uid, gid };
  const folder = statSync(root);
  const inside = ['dvc.yaml', '.dvc'].map((name) => join(root, name)).find(existsSync);
  const files = inside === undefined ? folder : statSync(inside);
  // In root's own folder another user could make no dvc.lock.
  const owner = folder.uid === 0 || folder.uid === files.uid ? folder : files;
  return { uid: owner.uid, gid: owner.gid };
}

/** Sibling's own folder in the project; it ignores itself in Git, whatever the project ignores. */
export async function siblingFolder(project: Project, ...below: string[]): Promise<string> {
  const top = join(project.root, '.sibling');
  if (!existsSync(join(top, '.gitignore'))) {
    await makeFolder(top, project.user);
    await writeIgnoreFile(join(top, '.gitignore'));
    await giveTo(join(top, '.gitignore'), project.user);
  }
  let folder = top;
  for (const name of below) {
    folder = join(folder, name);
    await makeFolder(folder, project.user);
  }
  return folder;
}

/**
 * Makes a folder and those above it; all that are new belong to the user. Gives the uppermost of them,
 * undefined where the folder is there.
 */
export async function makeFolders(folder: string, user: User): Promise<string | undefined> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return undefined;
  for (let made = folder; contains(first, made); made = dirname(made)) await giveTo(made, user);
  return first;
}

async function writeIgnoreFile(path: string): Promise<void> {
  try {
    await writeNewFile(path, '*\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was first
  }
}

async function makeFolder(path: string, user: User): Promise<void> {
  await mkdir(path, { recursive: true });
  await giveTo(path, user);
}

/** Hands a file that root made to the user; nothing to do for anybody else. */
export async function giveTo(path: string, user: User): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, user.uid, user.gid);
}
