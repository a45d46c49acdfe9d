import { git } from '../git.ts';
import type { RegisteredVersion } from './registered.ts';

/** The commit that a version is made again from. */
export interface SourceCommit {
  readonly hash: string;
  /**
   * `promotion`: the version's tag names it. `history`: the first whose dvc.lock has the model.
   * `run`: what the registering run was on; its dvc.lock is that of an earlier run.
   */
  readonly from: 'promotion' | 'history' | 'run';
}

/**
 * Which commit has the inputs of a version; undefined where nothing tells. Only reads the
 * repository around `root`.
 */
export async function findCommit(
  root: string,
  { lockCommit, md5, gitCommit }: RegisteredVersion,
): Promise<SourceCommit | undefined> {
  if (lockCommit !== undefined) return { hash: lockCommit, from: 'promotion' };
  const introduced = await firstCommitWith(root, md5);
  if (introduced !== undefined) return { hash: introduced, from: 'history' };
  return gitCommit === undefined ? undefined : { hash: gitCommit, from: 'run' };
}

async function firstCommitWith(root: string, md5: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{32}(\.dir)?$/.test(md5)) return undefined;
  const locks = ['dvc.lock', ':(glob)**/dvc.lock'];
  const log = ['log', '--all', '--reverse', '--format=%H', `-S${md5}`, '--', ...locks];
  for (const commit of (await git(root, ...log))?.split('\n') ?? []) {
    // It may also be one that took the hash out.
    const found = commit && (await git(root, 'grep', '-l', '-F', md5, commit, '--', ...locks));
    if (found) return commit;
  }
  return undefined;
}
