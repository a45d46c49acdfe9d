import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RepositoryOwners } from './repository-owners.ts';

/** How Git may be called in a repository. */
export type Standing =
  /** The caller's own, or none of ours to judge: Git and the caller's configuration decide. */
  | { readonly kind: 'own' }
  /** Root works for the user whose it is, whole: Git runs as that user. */
  | { readonly kind: 'given'; readonly user: { readonly uid: number; readonly gid: number } }
  /**
   * Root's Git is told that it may, there alone: in a folder of another user's with a `.git` of root's,
   * as a checkout in a job's container leaves it; in a job, whose credentials are root's; and where the
   * user cannot get to the place.
   */
  | { readonly kind: 'vouched' }
  /** Somebody else's: Git refuses, unless the caller's own configuration trusts it. */
  | { readonly kind: 'foreign'; readonly owner: number };

/** What becomes of a repository for a caller with this uid. */
export function standing(
  owners: RepositoryOwners | undefined,
  caller: number,
  isJob: boolean,
): Standing {
  if (owners === undefined) return { kind: 'own' };
  const { top, topOwner, gitOwners, folderOwner } = owners;
  const all = [topOwner, ...gitOwners];
  if (all.every((uid) => uid === caller)) return { kind: 'own' };
  const owner = all.find((uid) => uid !== caller) ?? topOwner;
  if (caller !== 0) return { kind: 'foreign', owner };
  if (gitOwners.every((uid) => uid === 0)) return { kind: 'vouched' };
  // Of a project of root's, below somebody else's repository, nothing is theirs to run.
  if (folderOwner !== topOwner || gitOwners.some((uid) => uid !== topOwner)) {
    return { kind: 'foreign', owner };
  }
  const user = { uid: topOwner, gid: statSync(top).gid };
  return !isJob && canReach(top, user) ? { kind: 'given', user } : { kind: 'vouched' };
}

/** Whether a user may pass through all folders above a path, by their mode. */
function canReach(path: string, { uid, gid }: { uid: number; gid: number }): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    const stats = statSync(at);
    const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001;
    if ((stats.mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
