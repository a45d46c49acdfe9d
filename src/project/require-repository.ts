import { readDvcConfig } from '../dvc/config/dvc-config.ts';
import { ExpectedFailure } from '../errors.ts';
import { whyRefused } from '../git/trust/call.ts';
import { repositoryOwners } from '../git/trust/repository-owners.ts';
import { NotUnderstood } from '../text/not-understood.ts';
import type { Project } from './project.ts';

/**
 * Throws 'configuration' where DVC would look for a Git repository and there is none, or one that Git
 * refuses: DVC reads it by libraries that ask nobody whose it is.
 */
export function requireRepository({ root }: Pick<Project, 'root'>): void {
  if (goesWithout(root)) return;
  const refused = whyRefused(root);
  const without = 'to do without Git, dvc config core.no_scm true';
  if (refused) {
    const { cause, hint } = refused;
    throw new ExpectedFailure({ kind: 'configuration', cause, hint: `${hint}\nOr, ${without}.` });
  }
  if (repositoryOwners(root) !== undefined) return;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${root} is in no Git repository, which DVC asks for`,
    hint: `Start one: git init; or, ${without}.`,
  });
}

/**
 * The repository that DVC, as the project's user in a container, is to be told of as trusted: a
 * checkout of root's in a folder of another user's, or one that the caller's configuration names.
 */
export function vouchedRepository({
  root,
  user,
}: Pick<Project, 'root' | 'user'>): string | undefined {
  const owners = repositoryOwners(root);
  if (owners === undefined || goesWithout(root)) return undefined;
  const all = [owners.topOwner, ...owners.gitOwners];
  return all.every((uid) => uid === user.uid) ? undefined : owners.top;
}

/** Whether DVC is told to do without Git (core.no_scm). */
export function goesWithout(root: string): boolean {
  try {
    return readDvcConfig(root).noScm;
  } catch (error) {
    if (error instanceof NotUnderstood) return false; // as DVC does without that setting
    throw error;
  }
}
