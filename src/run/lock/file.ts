import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeNewFile } from '../../system/new-file.ts';
import { readWholeIfAble } from '../../system/read-whole.ts';
import { type Owner, readOwner, type Standing } from './owner.ts';

/** Why a file was not taken: its owner lives, or nobody can tell. */
export interface Held {
  readonly standing: Exclude<Standing, 'dead'>;
  /** The lock, or a claim on it. */
  readonly path: string;
  /** Undefined where the file names nobody. */
  readonly owner: Owner | undefined;
}

/** Milliseconds for which somebody who is taking a dead run's lock is waited for. */
const patience = 10_000;

export interface Taken {
  /** Runs of owners that were found dead. */
  readonly abandoned: readonly string[];
  release(): Promise<void>;
}

interface Starter {
  readonly own: Owner;
  readonly standingOf: (owner: Owner) => Promise<Standing>;
}

/**
 * Takes a lock: a file that names its owner and is there for as long as the owner has it.
 *
 * A dead owner's file is replaced only by whoever holds the claim on it, a lock as well, whose name is
 * made of the file's content. No owner takes the same file twice once it is dead, so that between the
 * holder's look at the file and its replacement nobody else can have put another one there: without a
 * claim two starters may both find the dead one, and the slower remove the lock of the quicker. The new
 * file names the dead run, so that what it left is known even if its successor is killed at once.
 */
export async function takeFile(
  path: string,
  own: Owner,
  standingOf: Starter['standingOf'],
): Promise<Taken | Held> {
  const began = performance.now();
  for (;;) {
    const text = JSON.stringify(own);
    if (await isMade(path, text)) return taken(path, text, []);
    const file = await readOwner(path);
    if (file.state === 'absent') continue;
    if (file.state === 'unreadable') return { standing: 'unseen', path, owner: undefined };
    const standing = await standingOf(file.owner);
    if (standing !== 'dead') return { standing, path, owner: file.owner };
    const abandoned = [file.owner.run, ...(file.owner.after ?? [])];
    const next = JSON.stringify({ ...own, after: abandoned.slice(0, mostNamed) });
    const outcome = await replace(path, file.text, next, { own, standingOf });
    if (outcome === 'replaced') return taken(path, next, abandoned);
    if (outcome === 'changed') continue;
    // Somebody else is about to replace it, who may have been stopped; of some nobody can tell.
    if (outcome.standing === 'unseen' || performance.now() - began > patience) return outcome;
    await pause(5);
  }
}

/** Of runs that died one after the other: what more of them left goes by its labels. */
const mostNamed = 100;

async function taken(path: string, text: string, abandoned: readonly string[]): Promise<Taken> {
  await clearClaims(path);
  return { abandoned, release: () => removeIf(path, text) };
}

async function isMade(path: string, text: string): Promise<boolean> {
  try {
    await writeNewFile(path, text);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces a file that a dead owner left, unless somebody else has the claim on it, or had. */
async function replace(
  path: string,
  text: string,
  next: string,
  { own, standingOf }: Starter,
): Promise<'replaced' | 'changed' | Held> {
  const claim = await takeFile(claimOn(path, text), own, standingOf);
  if (!('release' in claim)) return claim;
  const prepared = `${path}.new-${randomBytes(6).toString('hex')}`;
  try {
    await writeNewFile(prepared, next);
    if (!holds(path, text)) return 'changed';
    await rename(prepared, path);
    return 'replaced';
  } catch (error) {
    // The claim was on a file that is no more, and what was prepared has been cleared away.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'changed';
    throw error;
  } finally {
    await rm(prepared, { force: true });
    await claim.release();
  }
}

async function removeIf(path: string, text: string): Promise<void> {
  if (holds(path, text)) await rm(path, { force: true });
}

function holds(path: string, text: string): boolean {
  return readWholeIfAble(path)?.toString('utf8') === text;
}

function claimOn(path: string, text: string): string {
  const [lock = ''] = basename(path).split('.claim-');
  const hash = createHash('sha256')
    .update(`${basename(path)}\0${text}`)
    .digest('hex')
    .slice(0, 24);
  return join(dirname(path), `${lock}.claim-${hash}`);
}

/**
 * Those on files that are no more: whoever still has one finds that, and does nothing. What a killed
 * process had prepared goes with them; a living one prepares it again.
 */
async function clearClaims(path: string): Promise<void> {
  const lock = basename(path);
  for (const name of await readdir(dirname(path))) {
    const isLeft = name.startsWith(`${lock}.claim-`) || name.startsWith(`${lock}.new-`);
    if (isLeft) await rm(join(dirname(path), name), { force: true });
  }
}
