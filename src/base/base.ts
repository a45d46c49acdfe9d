import { ExpectedFailure } from '../errors.ts';
import { git } from '../git/git.ts';
import type { Entry, RevisionFiles } from '../revision/entry.ts';

/** Files of the revision that results are compared with. */
export interface BaseFiles extends RevisionFiles {
  /** A file as the last commits that changed it left it, newest first, this revision's included. */
  history(path: string, count: number): Promise<readonly FileVersion[]>;
}

export interface FileVersion {
  readonly commit: string;
  readonly entry: Entry;
}

export interface BaseRevision extends BaseFiles {
  readonly commit: string;
  readonly ref?: string;
  /** Said where the revision is the one that is checked out, so that nothing but edits can differ. */
  readonly self?: { readonly words: string; readonly remedy?: string };
}

/** Why there is no revision to compare with. */
export interface NoBase {
  /**
   * `nothing`: there is none yet. `never-ran`: it has no results. `unavailable`: there is one, or may
   * be, and it cannot be had.
   */
  readonly missing: 'nothing' | 'never-ran' | 'unavailable';
  /** One sentence without a full stop. */
  readonly reason: string;
  /** The command, or the lines of a workflow, that mend it. */
  readonly remedy?: string;
  readonly commit?: string;
  readonly ref?: string;
}

export type Base = BaseRevision | NoBase;

export function isFound(base: Base): base is BaseRevision {
  return !('missing' in base);
}

/** What lets a job read each file of each commit from its clone. */
export const wholeHistory = 'actions/checkout with fetch-depth: 0';

/** Thrown for a file of the base that cannot be read, though it may be there. */
export function unreadable(reason: string, remedy: string): ExpectedFailure {
  return new ExpectedFailure({ kind: 'uncompared', cause: reason, hint: remedy });
}

/** What `unreadable` threw, as the reason why nothing is compared. Throws any other error again. */
export function unavailableBy(
  error: unknown,
  { commit, ref }: { readonly commit?: string; readonly ref?: string },
): NoBase {
  if (!(error instanceof ExpectedFailure) || error.failure.kind !== 'uncompared') throw error;
  const { cause: reason, hint: remedy } = error.failure;
  return {
    ...{ missing: 'unavailable', reason, remedy },
    ...(commit !== undefined && { commit }),
    ...(ref !== undefined && { ref }),
  };
}

export async function isShallow(root: string): Promise<boolean> {
  return (await git(root, 'rev-parse', '--is-shallow-repository')) === 'true';
}

/** A word of a command as a shell reads it: a branch may have any name. */
export function shellWord(word: string): string {
  return /^[\w./:+@=~^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
