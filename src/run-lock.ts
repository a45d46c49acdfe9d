import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFullDisk } from './disk-full.ts';
import { ExpectedFailure } from './errors.ts';
import { writeNewFile } from './new-file.ts';
import { type AsksEngine, isAlive, type Owner, ownerOf, readOwner } from './owner.ts';
import { announce, whoIsPresent } from './presence.ts';
import { giveTo, type Project, siblingFolder } from './project.ts';
import { readWhole, readWholeIfAble } from './system/read-whole.ts';

export interface RunLock {
  /** The runs that were at work here before and died without cleaning up. */
  readonly abandoned: readonly string[];
  /** Runs that are at work here, such as a push: their containers are theirs. */
  readonly others: readonly string[];
  release(): Promise<void>;
}

/**
 * Takes the workspace for one run: DVC's own locks name processes, which mean nothing across
 * containers. A holder whose process is gone is abandoned; for one in a container `engineKnows`
 * tells. Throws 'busy' while another run, or a stage by itself, is at work in the workspace.
 */
export async function lockWorkspace(
  project: Project,
  run: string,
  engineKnows: AsksEngine,
): Promise<RunLock> {
  try {
    return await takeWorkspace(project, run, engineKnows);
  } catch (error) {
    throw explainFullDisk(project.root, error);
  }
}

async function takeWorkspace(
  project: Project,
  run: string,
  engineKnows: AsksEngine,
): Promise<RunLock> {
  const path = await lockPath(project);
  const { text, abandoned } = await acquire(project, path, run, engineKnows);
  const release = async () => {
    if (readWholeIfAble(path)?.toString('utf8') === text) await rm(path, { force: true });
  };
  try {
    const { living, dead } = await whoIsPresent(project, engineKnows);
    const writer = living.find(({ writes }) => writes);
    if (writer) throw busy(project, writer, writer.what);
    const others = living.map((other) => other.run);
    return { abandoned: [...abandoned, ...dead], others, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Announces a stage that runs by itself: by hand, or called by a DVC that Sibling has not started.
 * Stages may do so beside each other, as DVC lets them. Throws 'busy' while a run has the workspace.
 */
export async function joinWorkspace(
  project: Project,
  run: string,
  stage: string,
  engineKnows: AsksEngine,
): Promise<void> {
  // First announced, then looked: a run takes its lock first and then looks who is there.
  const { withdraw } = await announce(project, run, `stage ${stage}`, { writes: true });
  const path = await lockPath(project);
  for (;;) {
    const file = await readOwner(path);
    if (file.state === 'unfinished') {
      await pause();
      continue;
    }
    if (file.state === 'there' && file.owner && (await isAlive(file.owner, engineKnows))) {
      withdraw();
      throw busy(project, file.owner, 'another run');
    }
    return;
  }
}

/**
 * Whether nobody is at work here, nor was killed at it: otherwise a run takes the workspace even
 * where it has nothing to do, and finds what is left.
 */
export function isWorkspaceQuiet(project: Project): boolean {
  const folder = join(project.root, '.sibling');
  const present = join(folder, 'present');
  return (
    !existsSync(join(folder, 'run.lock')) &&
    (!existsSync(present) || readdirSync(present).length === 0)
  );
}

async function lockPath(project: Project): Promise<string> {
  return join(await siblingFolder(project), 'run.lock');
}

async function acquire(
  project: Project,
  path: string,
  run: string,
  engineKnows: AsksEngine,
): Promise<{ text: string; abandoned: string[] }> {
  const text = JSON.stringify(ownerOf(run));
  const abandoned: string[] = [];
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await writeNewFile(path, text);
      await giveTo(path, project.user);
      return { text, abandoned };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const file = await readOwner(path);
    if (file.state === 'unfinished') await pause();
    if (file.state !== 'there') continue;
    if (file.owner && (await isAlive(file.owner, engineKnows))) {
      throw busy(project, file.owner, 'another run');
    }
    abandoned.push(file.owner?.run ?? 'unknown');
    await removeDead(path, file.text);
  }
  throw new ExpectedFailure({
    kind: 'busy',
    cause: `${path} is taken again and again by other runs`,
    hint: 'Wait for them to end, then run again.',
  });
}

/** Removes a dead owner's lock, unless another process has done so meanwhile and put its own there. */
async function removeDead(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readWhole(aside).toString('utf8') !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

function busy(project: Project, owner: Owner, what: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'busy',
    cause: `${what} (process ${owner.pid} on ${owner.host}, since ${owner.since}) is at work in ${project.root}`,
    hint: 'Wait for it to end, or stop it with Ctrl-C where it was started. One run at a time works in a workspace.',
  });
}
