import { rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFullDisk } from './disk-full.ts';
import { writeNewFile } from './new-file.ts';
import { type AsksEngine, isAlive, type Owner, ownerOf, readOwner } from './owner.ts';
import { giveTo, type Project, siblingFolder } from './project.ts';

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

/** Who is at work here beside us, and which runs died while they were; the latters' files go. */
export async function whoIsPresent(
  project: Project,
  engineKnows: AsksEngine,
): Promise<{ readonly living: readonly Presence[]; readonly dead: readonly string[] }> {
  const folder = await siblingFolder(project, 'present');
  const living: Presence[] = [];
  const dead: string[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const file = await settled(path);
    if (file.state === 'absent') continue;
    if (file.owner && (await isAlive(file.owner, engineKnows))) {
      living.push(file.owner);
    } else {
      dead.push(file.owner?.run ?? name.replace(/\.json$/, ''));
      await rm(path, { force: true });
    }
  }
  return { living, dead };
}

async function settled(path: string) {
  for (;;) {
    const file = await readOwner<Presence>(path);
    if (file.state !== 'unfinished') return file;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
