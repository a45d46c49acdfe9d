import { join } from 'node:path';
import { git } from '../../git/git.ts';
import type { RegisteredVersion } from '../wanted/registered.ts';
import type { Clone } from './clone.ts';

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
 * repository around `root`; what that lacks, as one that is shallow does, is looked for at origin.
 */
export async function findCommit(
  root: string,
  clone: Clone,
  { lockCommit, md5, gitCommit }: RegisteredVersion,
  signal: AbortSignal,
): Promise<SourceCommit | undefined> {
  if (lockCommit !== undefined) return { hash: lockCommit, from: 'promotion' };
  const here = await firstCommitWith(root, md5);
  if (here !== undefined) return { hash: here, from: 'history' };
  const there = (await clone.fetchAll(signal)).isDone
    ? await firstCommitWith(clone.folder, md5, clone.prefix)
    : undefined;
  if (there !== undefined) return { hash: there, from: 'history' };
  return gitCommit === undefined ? undefined : { hash: gitCommit, from: 'run' };
}

async function firstCommitWith(
  folder: string,
  md5: string,
  below = '',
): Promise<string | undefined> {
  if (!/^[0-9a-f]{32}(\.dir)?$/.test(md5)) return undefined;
  const locks = [join(below, 'dvc.lock'), `:(glob)${join(below, '**/dvc.lock')}`];
  const log = ['log', '--all', '--reverse', '--format=%H', `-S${md5}`, '--', ...locks];
  for (const commit of (await git(folder, ...log))?.split('\n') ?? []) {
    // It may also be one that took the hash out.
    const found = commit && (await git(folder, 'grep', '-l', '-F', md5, commit, '--', ...locks));
    if (found) return commit;
  }
  return undefined;
}
