import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeNewFile } from './new-file.ts';
import { type Owner, readOwner, type Standing } from './owner.ts';

/** Why a file was not taken: its owner lives, or nobody can tell. */
export interface Held {
  readonly standing: Exclude<Standing, 'dead'>;
  /** Undefined where the file names nobody. */
  readonly owner: Owner | undefined;
}

export interface Taken {
  /** Runs of owners that were found dead. */
  readonly abandoned: readonly string[];
  release(): Promise<void>;
}

/**
 * Takes a lock: a file that names its owner and is there for as long as the owner has it.
 *
 * A dead owner's file is removed only by whoever holds the claim on it, a lock as well, whose name is
 * made of the file's content. No owner ever takes the same file twice once it is dead, so that between the holder's
 * look at the file and its removal nobody else can have put another one there: without a claim two
 * starters may both find the dead one, and the slower remove the lock of the quicker.
 */
export async function takeFile(
  path: string,
  own: Owner,
  standingOf: (owner: Owner) => Promise<Standing>,
): Promise<Taken | Held> {
  const text = JSON.stringify(own);
  const abandoned: string[] = [];
  for (;;) {
    if (await isMade(path, text)) {
      await clearClaims(path);
      return { abandoned, release: async () => void (await removeIf(path, text)) };
    }
    const file = await readOwner(path);
    if (file.state === 'absent') continue;
    if (file.state === 'unreadable') return { standing: 'unseen', owner: undefined };
    const standing = await standingOf(file.owner);
    if (standing !== 'dead') return { standing, owner: file.owner };
    if (await removeDead(path, file.text, own, standingOf)) abandoned.push(file.owner.run);
    // Somebody else is about to.
    else await pause(5);
  }
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

/** Removes a file that a dead owner left; false where somebody else has the claim on it, or had. */
async function removeDead(
  path: string,
  text: string,
  own: Owner,
  standingOf: (owner: Owner) => Promise<Standing>,
): Promise<boolean> {
  const claim = claimOn(path, text);
  const taken = await takeFile(claim, own, standingOf);
  if (!('release' in taken)) return false;
  try {
    return await removeIf(path, text);
  } finally {
    await taken.release();
  }
}

async function removeIf(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => '')) !== text) return false;
  await rm(path, { force: true });
  return true;
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
