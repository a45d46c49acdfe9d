import { isAbsolute, join, resolve } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { git, gitFor, gitOrThrow, originOf } from '../../git/git.ts';
import { gitOverNetwork, type NetworkResult } from '../../git/network.ts';
import { uploadPack, whyRefused } from '../../git/trust/call.ts';
import { unattended } from '../../git/trust/settings.ts';
import { type Project, siblingFolder } from '../../project/project.ts';
import { removeTree } from '../../system/remove-tree.ts';

/** The project's repository once more, for a reproduction alone. */
export interface Clone {
  readonly folder: string;
  /** The project's folder in it, relative; empty for the whole repository. */
  readonly prefix: string;
  /** Fetches every branch and tag of origin, whole, once. Throws where `signal` aborts. */
  fetchAll(signal: AbortSignal): Promise<NetworkResult>;
  remove(): Promise<void>;
}

/**
 * Clones the repository around the project, which is only read, into `.sibling/reproduce/ID`: on the
 * same file system, so that Git links its objects, and where the engine, Git and DVC see what they
 * may see. Throws 'unreproducible' where there is no repository.
 */
export async function makeClone(project: Project, id: string): Promise<Clone> {
  const top = await git(project.root, 'rev-parse', '--show-toplevel');
  if (top === undefined) throw noRepository(project.root);
  const prefix = (await git(project.root, 'rev-parse', '--show-prefix')) ?? '';
  const origin = await originOf(project.root);
  const folder = join(await siblingFolder(project, 'reproduce'), id);
  try {
    const options = ['--quiet', '--no-checkout', '--no-tags', ...uploadPack(top)];
    const purpose = { purpose: 'cloning the repository' };
    await gitFor(purpose, top, ...unattended, 'clone', ...options, '--', top, folder);
    if (origin === undefined) await gitOrThrow(folder, 'remote', 'remove', 'origin');
    else await gitOrThrow(folder, 'remote', 'set-url', 'origin', absoluteAddress(top, origin));
  } catch (error) {
    await removeTree(folder);
    throw error;
  }
  let fetched: Promise<NetworkResult> | undefined;
  return {
    folder,
    prefix: prefix.replace(/\/$/, ''),
    fetchAll: (signal) => {
      const none = { isDone: false, reason: 'the repository has no remote origin' } as const;
      fetched ??= origin === undefined ? Promise.resolve(none) : fetchAll(folder, signal);
      return fetched;
    },
    remove: () => removeTree(folder),
  };
}

/** By its refs: by a hash alone a server also gives what only a stranger's fork has. */
async function fetchAll(folder: string, signal: AbortSignal): Promise<NetworkResult> {
  const isShallow = (await git(folder, 'rev-parse', '--is-shallow-repository')) === 'true';
  const refs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const options = ['--quiet', ...(isShallow ? ['--unshallow'] : [])];
  return gitOverNetwork(folder, ['fetch', ...options, 'origin', ...refs], signal);
}

/** A remote that is a folder may be written relative to the repository. */
function absoluteAddress(top: string, origin: string): string {
  const isRelative = !/^[^/]*:/.test(origin) && !isAbsolute(origin);
  return isRelative ? resolve(top, origin) : origin;
}

function noRepository(root: string): ExpectedFailure {
  const refused = whyRefused(root);
  if (refused) {
    const { cause, hint } = refused;
    return new ExpectedFailure({ kind: 'unreproducible', cause, hint });
  }
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `${root} is in no Git repository, which would have the commit of the model`,
    hint: 'Clone the repository, and run this in the clone.',
  });
}
