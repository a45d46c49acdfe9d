import { rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { git, gitFor } from '../../git/git.ts';
import { unattended } from '../../git/trust/settings.ts';
import { findProject, type Project, siblingFolder } from '../../project/project.ts';
import { giveTree } from '../../system/give-tree.ts';
import { readWholeIfAble } from '../../system/read-whole.ts';
import type { Clone } from './clone.ts';
import { checkoutConfig } from './config.ts';

/** A commit of the project in a repository of its own. */
export interface Checkout {
  readonly project: Project;
  /** The whole commit hash. */
  readonly commit: string;
  /** Moves it to where no run sweeps it, and says where that is. */
  keep(): Promise<string>;
}

/**
 * Checks a commit, named as the registry has it, out into the clone. One that is not there comes from
 * origin. Throws 'unreproducible' where it cannot be had, or is none of a DVC project.
 */
export async function checkOut(
  project: Project,
  clone: Clone,
  commit: string,
  signal: AbortSignal,
): Promise<Checkout> {
  const { folder, prefix } = clone;
  const hash = await commitHash(clone, commit, signal);
  const purpose = { purpose: `checking out ${hash}` };
  await gitFor(purpose, folder, ...unattended, 'checkout', '--quiet', '--detach', hash);
  const root = resolve(folder, prefix);
  await prepareDvc(project.root, root);
  await giveTree(folder, project.user);
  return {
    project: { ...openProject(root, hash), id: project.id },
    commit: hash,
    async keep() {
      const kept = join(await siblingFolder(project, 'kept'), folder.replace(/^.*\//, ''));
      await rename(folder, kept);
      return resolve(kept, prefix);
    },
  };
}

async function commitHash(
  { folder, fetchAll }: Clone,
  commit: string,
  signal: AbortSignal,
): Promise<string> {
  if (!/^[0-9a-f]{7,64}$/.test(commit)) throw noCommit(commit, 'it is not the name of one');
  const known = () => git(folder, 'rev-parse', '--verify', '--quiet', `${commit}^{commit}`);
  const here = await known();
  if (here) return here;
  const fetched = await fetchAll(signal);
  if (!fetched.isDone) throw noCommit(commit, 'origin did not give it', [fetched.reason]);
  const brought = await known();
  if (brought) return brought;
  throw noCommit(commit, 'no branch or tag of origin has it');
}

/**
 * The checkout has a cache of its own, wherever the configuration puts it, so that nothing can come
 * from there, and the workspace's remotes. A `.env` of the commit is not this machine's.
 */
async function prepareDvc(workspace: string, root: string): Promise<void> {
  await rm(join(root, '.env'), { force: true });
  const folders = { from: join(workspace, '.dvc'), to: join(root, '.dvc') };
  const committed = readWholeIfAble(join(folders.to, 'config'))?.toString('utf8');
  if (committed === undefined) return;
  const own = (name: string) => readWholeIfAble(join(folders.from, name))?.toString('utf8') ?? '';
  const config = checkoutConfig(committed, own('config'), folders.from);
  const remotes = checkoutConfig('', own('config.local'), folders.from);
  // Over the user's and the machine's configuration too.
  const local = `${remotes}[cache]\n    dir = cache\n`;
  await rm(join(folders.to, 'cache'), { recursive: true, force: true });
  for (const [name, text] of [
    ['config', config],
    ['config.local', local],
  ] as const) {
    const path = join(folders.to, name);
    // The commit may have a link there that leads elsewhere.
    await rm(path, { force: true });
    await writeFile(path, text, { mode: 0o600 });
  }
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

function noCommit(commit: string, why: string, details?: string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `the commit ${commit.slice(0, 40)}, which the model was made from, is not in this repository, and ${why}`,
    hint: 'A shallow clone has only the newest commits: git fetch --unshallow, or fetch-depth: 0 for actions/checkout, after which nothing has to be fetched. A commit that was never pushed is only where it was made.',
    ...(details && { details }),
  });
}
