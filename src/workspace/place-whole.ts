import { lstatSync, renameSync } from 'node:fs';
import { rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { User } from '../container/sandbox.ts';
import { contains } from '../contains.ts';
import { makeFolders } from '../project.ts';
import { removeTree } from '../scratch/remove-tree.ts';

/** A file or folder that is to stand at `to`, in place of whatever is there. */
export interface Place {
  /**
   * A path; or what gives it, which is asked again right before each step, for links on the way may
   * change, and may throw.
   */
  readonly to: string | (() => string);
  /** Makes it at a path beside its place, where nothing is. */
  readonly make: (aside: string) => Promise<void>;
}

/**
 * Puts all of them at their places, or none: each is made whole beside its place first, then what is
 * there is renamed away and what is new renamed in. When anything fails, all that was there is back,
 * and what was made is gone. New folders on the way are the user's. Throws what `make` and the file
 * system throw.
 */
export async function placeWhole(user: User, places: readonly Place[]): Promise<void> {
  const made: string[] = [];
  const done: string[] = [];
  const undo: (() => Promise<unknown>)[] = [];
  try {
    for (const place of places) {
      await makeFoldersFor(pathOf(place), user, undo);
      const aside = `${pathOf(place)}.sibling-part`;
      await removeTree(aside);
      made.push(aside);
      await place.make(aside);
    }
    for (const [at, place] of places.entries()) {
      await removeTree(before(pathOf(place)));
      swap(place, made[at] ?? '', undo, done);
    }
  } catch (error) {
    // As much as can be: the first error is the one that counts.
    for (const step of undo.reverse()) await step().catch(() => undefined);
    for (const aside of made) await removeTree(aside).catch(() => undefined);
    throw error;
  }
  for (const to of done) await removeTree(before(to));
}

function pathOf({ to }: Place): string {
  return typeof to === 'string' ? to : to();
}

/** The path of what stood at a place, until all is done. */
function before(to: string): string {
  return `${to}.sibling-old`;
}

async function makeFoldersFor(
  to: string,
  user: User,
  undo: (() => Promise<unknown>)[],
): Promise<void> {
  const folder = dirname(to);
  const first = await makeFolders(folder, user);
  if (first === undefined) return;
  undo.push(async () => {
    for (let made = folder; contains(first, made); made = dirname(made)) await rmdir(made);
  });
}

/** Not asynchronous: nothing else of this process comes between the look and the rename. */
function swap(place: Place, aside: string, undo: (() => Promise<unknown>)[], done: string[]): void {
  const to = pathOf(place);
  if (lstatSync(to, { throwIfNoEntry: false })) {
    renameSync(to, before(to));
    undo.push(() => rename(before(to), to));
  }
  done.push(to);
  renameSync(aside, pathOf(place));
  undo.push(() => rename(to, aside));
}
