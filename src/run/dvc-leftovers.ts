import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLock } from '../dvc/lock/lock.ts';
import { ExpectedFailure } from '../errors.ts';
import { giveTo, type Project, siblingFolder } from '../project/project.ts';
import { readWhole, readWholeIfAble } from '../system/read-whole.ts';

/** Lock files by path, as they were before a run; null for one that was not there. */
type Kept = Readonly<Record<string, string | null>>;

/**
 * DVC writes dvc.lock in place: a DVC that is killed, or finds the disk full, meanwhile leaves it cut
 * off, and no DVC can read it any more. Keeps a copy while a run may write it.
 */
export async function keepLockFiles(project: Project, files: readonly string[]): Promise<void> {
  const kept: Kept = Object.fromEntries(
    files.map((file) => [file, contentOf(project, file)] as const),
  );
  await replaceFile(project, await keptPath(project), JSON.stringify(kept));
}

/**
 * After a run, or before the next when the former was killed: puts back what cannot be read and
 * could be before, and gives the names of these files. The copy is dropped when all is well. Stages
 * whose entries are lost this way come from the run-cache.
 */
export async function mendLockFiles(project: Project): Promise<string[]> {
  const path = await keptPath(project);
  const mended: string[] = [];
  for (const [file, before] of Object.entries(await readKept(path))) {
    const now = contentOf(project, file);
    // Conflict markers are a person's merge, not a cut.
    if (now === null || isReadable(file, now) || now.includes('<<<<<<<')) continue;
    if (before !== null && !isReadable(file, before)) continue;
    if (before === null) await rm(join(project.root, file));
    else await replaceFile(project, join(project.root, file), before);
    mended.push(file);
  }
  await rm(path, { force: true });
  return mended;
}

async function keptPath(project: Project): Promise<string> {
  return join(await siblingFolder(project), 'lock-files.json');
}

async function readKept(path: string): Promise<Kept> {
  try {
    return JSON.parse(readWhole(path).toString('utf8'));
  } catch {
    return {}; // none is kept
  }
}

function contentOf(project: Project, file: string): string | null {
  const path = join(project.root, file);
  return existsSync(path) ? readWhole(path).toString('utf8') : null;
}

/** Whether DVC can go by it; what only DVC understands counts as readable. */
function isReadable(file: string, text: string): boolean {
  try {
    parseLock(file, text);
    return true;
  } catch (error) {
    return !(error instanceof ExpectedFailure);
  }
}

/** By rename, so that it is never half there itself. */
async function replaceFile(project: Project, path: string, text: string): Promise<void> {
  const fresh = `${path}.sibling-${process.pid}`;
  try {
    await writeFile(fresh, text);
    await giveTo(fresh, project.user);
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** An entry of DVC's rwlock: the process that reads or writes a path. */
interface Holder {
  readonly pid: number;
}

/**
 * DVC's rwlock names processes by their ids, which mean nothing in another container: what a killed
 * run left there blocks the next one for ever, and a half-written one every DVC. For the holder of
 * the workspace, beside whom no DVC of ours runs: removes it unless a DVC of this machine is in it.
 */
export async function removeStaleRwLock(project: Project): Promise<void> {
  const path = join(project.root, '.dvc/tmp/rwlock');
  const text = readWholeIfAble(path)?.toString('utf8');
  if (text === undefined || holders(text).some(({ pid }) => isDvc(pid))) return;
  await rm(path, { force: true });
}

function holders(text: string): Holder[] {
  try {
    const { read = {}, write = {} } = JSON.parse(text);
    return [...Object.values(write), ...Object.values(read).flat()] as Holder[];
  } catch {
    return []; // half-written: DVC itself would refuse it
  }
}

/** Whether a process of this machine is a DVC; false where there is no /proc to tell. */
function isDvc(pid: number): boolean {
  try {
    return /dvc/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}
