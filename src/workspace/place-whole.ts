import { copyFileSync, linkSync, lstatSync, renameSync } from 'node:fs';
import { rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from '../project/project.ts';

import { contains } from '../system/contains.ts';
import { removeTree } from '../system/remove-tree.ts';
import type { User } from '../system/user.ts';
import { beforeOf, note, partOf } from './placing-journal.ts';

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

/** Where it is noted how far this is, for who comes after a process that was killed; and by what names. */
export interface Journal {
  readonly file: string;
  readonly paths: readonly string[];
}

/**
 * Puts all of them at their places, or none: each is made whole beside its place first, then what is
 * there is renamed away and what is new renamed in; a file takes the place of a file in one step. When anything fails, all that was there is back,
 * and what was made is gone. New folders on the way are the user's. Throws what `make` and the file
 * system throw.
 */
export async function placeWhole(
  user: User,
  places: readonly Place[],
  journal?: Journal,
): Promise<void> {
  const made: string[] = [];
  const done: string[] = [];
  const undo: (() => Promise<unknown>)[] = [];
  try {
    for (const place of places) {
      await makeFoldersFor(pathOf(place), user, undo);
      const aside = partOf(pathOf(place));
      await removeTree(aside);
      made.push(aside);
      await place.make(aside);
    }
    for (const place of places) await removeTree(beforeOf(pathOf(place)));
    if (journal) note(journal.file, 'swapping', journal.paths);
    for (const [at, place] of places.entries()) {
      // Nothing can fail after the last one, but the note of it.
      const isLast = journal === undefined && at === places.length - 1;
      swap(place, made[at] ?? '', undo, done, isLast);
    }
    if (journal) note(journal.file, 'swapped', journal.paths);
  } catch (error) {
    // As much as can be: the first error is the one that counts.
    for (const step of undo.reverse()) await step().catch(() => undefined);
    for (const aside of made) await removeTree(aside).catch(() => undefined);
    if (journal) await removeTree(journal.file).catch(() => undefined);
    throw error;
  }
  for (const to of done) await removeTree(beforeOf(to));
  if (journal) await removeTree(journal.file);
}

function pathOf({ to }: Place): string {
  return typeof to === 'string' ? to : to();
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
function swap(
  place: Place,
  aside: string,
  undo: (() => Promise<unknown>)[],
  done: string[],
  isLast: boolean,
): void {
  const to = pathOf(place);
  const there = lstatSync(to, { throwIfNoEntry: false });
  done.push(to);
  // By one rename over a file, its place is empty at no moment.
  if (there && !there.isDirectory() && !lstatSync(aside).isDirectory()) {
    if (!isLast) secondName(to, beforeOf(to));
    renameSync(aside, pathOf(place));
    undo.push(() => rename(beforeOf(to), to));
    return;
  }
  if (there) {
    renameSync(to, beforeOf(to));
    undo.push(() => rename(beforeOf(to), to));
  }
  renameSync(aside, pathOf(place));
  undo.push(() => rename(to, aside));
}

/** A copy where the file system holds no second name for a file. */
function secondName(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
