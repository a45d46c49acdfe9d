import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { git, gitOrThrow, originOf } from '../git.ts';
import { findProject, type Project, siblingFolder } from '../project.ts';
import { giveTree } from '../scratch/give-tree.ts';
import { removeTree } from '../scratch/remove-tree.ts';

/** A commit of the project in a repository of its own. */
export interface Checkout {
  readonly project: Project;
  /** The whole commit hash. */
  readonly commit: string;
  remove(): Promise<void>;
  /** Moves it to where no run sweeps it, and says where that is. */
  keep(): Promise<string>;
}

export interface CheckoutRequest {
  readonly project: Project;
  /** Names the folder, and the run that works in it. */
  readonly id: string;
  /** As the registry has it. */
  readonly commit: string;
  readonly signal: AbortSignal;
}

/**
 * Checks a commit out into a clone of its own under `.sibling/reproduce`: on the same file system,
 * so that Git links its objects, and where the engine, Git and DVC see what they may see. The
 * repository around the project is only read. A commit that is not there comes from origin. Throws
 * 'unreproducible' where it cannot be had, or is none of a DVC project.
 */
export async function makeCheckout(request: CheckoutRequest): Promise<Checkout> {
  const { project, id } = request;
  const folder = join(await siblingFolder(project, 'reproduce'), id);
  try {
    const commit = await cloneAt(request, folder);
    const prefix = (await git(project.root, 'rev-parse', '--show-prefix')) ?? '';
    const root = resolve(folder, prefix); // the prefix ends in a slash
    await prepareDvc(project.root, root);
    await giveTree(folder, project.user);
    return {
      project: { ...openProject(root, commit), id: project.id },
      commit,
      remove: () => removeTree(folder),
      async keep() {
        const kept = join(await siblingFolder(project, 'kept'), id);
        await rename(folder, kept);
        return resolve(kept, prefix);
      },
    };
  } catch (error) {
    await removeTree(folder);
    throw error;
  }
}

async function cloneAt({ project, commit, signal }: CheckoutRequest, folder: string) {
  const top = await git(project.root, 'rev-parse', '--show-toplevel');
  if (top === undefined) throw noRepository(project.root);
  await mkdir(folder);
  // The repository may belong to another user than the one who runs this.
  const serve = ['--upload-pack', "git -c 'safe.directory=*' upload-pack"];
  const options = ['--quiet', '--no-checkout', '--no-tags', ...serve];
  await gitOrThrow(top, 'clone', ...options, '--', top, folder);
  signal.throwIfAborted();
  const origin = await originOf(project.root);
  if (origin === undefined) await gitOrThrow(folder, 'remote', 'remove', 'origin');
  else await gitOrThrow(folder, 'remote', 'set-url', 'origin', absoluteAddress(top, origin));
  const hash = await commitHash(folder, commit, origin);
  await gitOrThrow(folder, 'checkout', '--quiet', '--detach', hash);
  return hash;
}

async function commitHash(folder: string, commit: string, origin: string | undefined) {
  if (!/^[0-9a-f]{7,64}$/.test(commit)) throw noCommit(commit, 'it is not the name of one');
  const known = () => git(folder, 'rev-parse', '--verify', '--quiet', `${commit}^{commit}`);
  const here = await known();
  if (here) return here;
  if (origin === undefined) throw noCommit(commit, 'there is no remote to fetch it from');
  const fetched = await git(folder, 'fetch', '--quiet', '--no-tags', 'origin', commit);
  const brought = fetched === undefined ? undefined : await known();
  if (brought) return brought;
  throw noCommit(commit, 'origin does not hand it out');
}

/** A remote that is a folder may be written relative to the repository. */
function absoluteAddress(top: string, origin: string): string {
  const isRelative = !/^[^/]*:/.test(origin) && !isAbsolute(origin);
  return isRelative ? resolve(top, origin) : origin;
}

/**
 * The checkout has a cache of its own, wherever the configuration puts it, so that nothing can come
 * from there; folders that are written relative to the configuration stay where they are. A `.env`
 * of the commit is not this machine's.
 */
async function prepareDvc(workspace: string, root: string): Promise<void> {
  await rm(join(root, '.env'), { force: true });
  const folders = { from: join(workspace, '.dvc'), to: join(root, '.dvc') };
  const committed = await readFile(join(folders.to, 'config'), 'utf8').catch(() => undefined);
  if (committed === undefined) return;
  const local = await readFile(join(folders.from, 'config.local'), 'utf8').catch(() => '');
  await writeFile(join(folders.to, 'config'), movedConfig(committed, folders.from));
  await writeFile(join(folders.to, 'config.local'), movedConfig(local, folders.from), {
    mode: 0o600,
  });
}

/** DVC's configuration for another folder: without its cache, with remotes where they were. */
export function movedConfig(text: string, from: string): string {
  let section = '';
  return text
    .split('\n')
    .flatMap((line) => {
      section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
      if (/^cache$/i.test(section) && /^\s*dir\s*=/i.test(line)) return [];
      const [, before, address] = /^(\s*url\s*=\s*)(\S.*?)\s*$/i.exec(line) ?? [];
      const isFolder = address !== undefined && !/^(\w[\w+.-]*:|["'~/])/.test(address);
      return [isFolder ? `${before}${resolve(from, address)}` : line];
    })
    .join('\n');
}

function openProject(root: string, commit: string): Project {
  const failure = (cause: string) =>
    new ExpectedFailure({
      kind: 'unreproducible',
      cause,
      hint: 'A version is made again from a commit that has dvc.yaml and .dvc/config.',
    });
  const none = failure(`commit ${commit.slice(0, 10)} has no DVC project in this folder`);
  try {
    const project = findProject(root);
    // Without one of its own it would be the one around it.
    if (project.root !== root) throw none;
    return project;
  } catch (error) {
    throw error instanceof ExpectedFailure ? none : error;
  }
}

function noRepository(root: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `${root} is in no Git repository, which would have the commit of the model`,
    hint: 'Clone the repository, and run this in the clone.',
  });
}

function noCommit(commit: string, why: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `the commit ${commit.slice(0, 40)}, which the model was made from, is not in this repository, and ${why}`,
    hint: 'A shallow clone has only the newest commits: git fetch --unshallow, or fetch-depth: 0 for actions/checkout. A commit that was never pushed is only where it was made.',
  });
}
