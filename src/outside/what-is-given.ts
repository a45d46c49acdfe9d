import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { contains } from '../system/contains.ts';
import type { User } from '../system/user.ts';
import { groupsOf } from './groups-of.ts';
import { type Owned, whyGuarded } from './guarded-places.ts';
import { realPlace, whyPrivate } from './private-places.ts';

/**
 * Why a stage may not get what its path `named`, relative to the root or absolute, leads to: the end of
 * a sentence about it; undefined when it may. The one judge of deps and what is in them, of params
 * files and vars, and of persisted outs. `real` and the root are paths without links.
 */
export function whyNotGiven(owned: Owned, named: string, real: string): string | undefined {
  return whyGuarded(real, owned) ?? whyPrivate(owned.root, named, real);
}

/** `whyNotGiven` of what the path leads to now; undefined too where that is nowhere, which others tell. */
export function whyNotGivenNow(owned: Owned, path: string): string | undefined {
  try {
    return whyNotGiven(owned, path, realpathSync(resolve(owned.root, path)));
  } catch {
    return undefined;
  }
}

/** Why a stage may not be given its persisted out as the last run left it, by whatever links. */
export function whyNotBrought(root: string, path: string, home: string): string | undefined {
  const real = realPlace(root);
  return whyNotGiven({ root: real, home }, path, realPlace(join(root, path), 'followed'));
}

/**
 * Why root may not copy `real`, a path without links, for a project of `user`'s: who declares a file
 * gets no more of the machine than that user can open. Undefined when it may, and where it is not root
 * who asks, for then the kernel answers.
 */
export function whyClosed(user: User, root: string, real: string): string | undefined {
  if (process.getuid?.() !== 0 || user.uid === 0) return undefined;
  const groups = [user.gid, ...groupsOf(user.uid)];
  const may = (path: string, bit: number): boolean => {
    const { uid, gid, mode } = statSync(path);
    const shift = uid === user.uid ? 6 : groups.includes(gid) ? 3 : 0;
    return ((mode >> shift) & bit) === bit;
  };
  const top = contains(root, real) ? root : '/';
  // A folder's bit x is the right to go through it.
  for (let above = dirname(real); above !== top && contains(top, above); above = dirname(above)) {
    if (!may(above, 1)) return closedTo(user);
  }
  return may(real, 4) ? undefined : closedTo(user);
}

function closedTo({ uid }: User): string {
  return `closed to the project’s owner (uid ${uid})`;
}
