import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, type Project, siblingFolder } from '../../project/project.ts';
import { explainFullDisk } from '../../system/disk-full.ts';
import { writeNewFile } from '../../system/new-file.ts';
import { type AsksEngine, type Owner, ownerOf, readOwner, standingOf } from './owner.ts';

/** A process at work in the workspace without holding its lock. */
export interface Presence extends Owner {
  /** In words, such as `stage train`. */
  readonly what: string;
  /** Whether it writes into the workspace, so that no run may begin beside it. */
  readonly writes: boolean;
}

/**
 * Tells other processes that this one is at work here, until it ends: they then leave the
 * containers of `run` alone.
 */
export async function announce(
  project: Project,
  run: string,
  what: string,
  { writes }: { readonly writes: boolean },
): Promise<{ withdraw(): void }> {
  const own: Presence = { ...ownerOf(run), what, writes };
  const path = await writePresence(project, own).catch((error) => {
    throw explainFullDisk(project.root, error);
  });
  const withdraw = () => rmSync(path, { force: true });
  process.once('exit', withdraw);
  await giveTo(path, project.user);
  return { withdraw };
}

async function writePresence(project: Project, own: Presence): Promise<string> {
  const path = join(await siblingFolder(project, 'present'), `${own.run}.json`);
  await writeNewFile(path, JSON.stringify(own));
  return path;
}

/** One that nobody here can see, and that may have ended. */
export interface Unseen {
  /** The file that says it is at work. */
  readonly path: string;
  /** Undefined where the file names nobody. */
  readonly owner?: Presence;
}

/**
 * Who is at work here beside us, and which runs died while they were; the latters' files go. Of some
 * it cannot be told: on another machine, or in a file that is nobody's.
 */
export async function whoIsPresent(
  project: Project,
  asksEngine: AsksEngine,
): Promise<{
  readonly living: readonly Presence[];
  readonly unseen: readonly Unseen[];
  readonly dead: readonly string[];
}> {
  const folder = await siblingFolder(project, 'present');
  const living: Presence[] = [];
  const unseen: Unseen[] = [];
  const dead: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.json')) {
      // On its way when its process was killed; one that still is will be written again.
      await rm(path, { force: true });
      continue;
    }
    const file = await readOwner<Presence>(path);
    if (file.state === 'absent') continue;
    if (file.state === 'unreadable') {
      unseen.push({ path });
      continue;
    }
    const { owner } = file;
    const standing = await standingOf(owner, asksEngine);
    if (standing === 'alive') living.push(owner);
    if (standing === 'unseen') unseen.push({ path, owner });
    if (standing !== 'dead') continue;
    dead.push(owner.run);
    await rm(path, { force: true });
  }
  return { living, unseen, dead };
}
