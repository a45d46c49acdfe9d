import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { giveTo, type Project, siblingFolder } from '../../project/project.ts';
import { explainFullDisk } from '../../system/disk-full.ts';
import { type Held, takeFile } from './file.ts';
import { type AsksEngine, type Owner, ownerOf, readOwner, standingOf } from './owner.ts';
import { announce, whoIsPresent } from './presence.ts';

export interface RunLock {
  /** The runs that were at work here before and died without cleaning up. */
  readonly abandoned: readonly string[];
  /** Runs that are at work here, such as a push: their containers are theirs. */
  readonly others: readonly string[];
  release(): Promise<void>;
}

/**
 * Takes the workspace for one run: DVC's own locks name processes, which mean nothing across
 * containers. A holder that has ended is abandoned. Throws 'busy' while another run, or a stage by
 * itself, is at work in the workspace, and where nobody here can tell whether one still is.
 */
export async function lockWorkspace(
  project: Project,
  run: string,
  asksEngine: AsksEngine,
): Promise<RunLock> {
  try {
    return await takeWorkspace(project, run, asksEngine);
  } catch (error) {
    throw explainFullDisk(project.root, error);
  }
}

async function takeWorkspace(
  project: Project,
  run: string,
  asksEngine: AsksEngine,
): Promise<RunLock> {
  const path = await lockPath(project);
  const own = ownerOf(run);
  const taken = await takeFile(path, own, (owner) => standingOf(owner, asksEngine));
  if (!('release' in taken)) throw held(project, taken);
  const { abandoned, release } = taken;
  try {
    await giveTo(path, project.user);
    const { living, unseen, dead } = await whoIsPresent(project, asksEngine);
    const writer = living.find(({ writes }) => writes);
    if (writer) throw busy(project, writer, writer.what);
    const unknown = unseen.find(({ owner }) => owner?.writes !== false);
    if (unknown) throw unsure(project, unknown.path, unknown.owner, unknown.owner?.what);
    const others = [...living, ...unseen.map(({ owner }) => owner)].map(
      (other) => other?.run ?? '',
    );
    return { abandoned: [...abandoned, ...dead], others, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Announces a stage that runs by itself: by hand, or called by a DVC that Sibling has not started.
 * Stages may do so beside each other, as DVC lets them. Throws 'busy' while a run has the workspace.
 */
export async function joinWorkspace(
  project: Project,
  run: string,
  stage: string,
  asksEngine: AsksEngine,
): Promise<void> {
  // First announced, then looked: a run takes its lock first and then looks who is there.
  const { withdraw } = await announce(project, run, `stage ${stage}`, { writes: true });
  const path = await lockPath(project);
  const file = await readOwner(path);
  if (file.state === 'absent') return;
  const owner = file.state === 'there' ? file.owner : undefined;
  const standing = owner ? await standingOf(owner, asksEngine) : 'unseen';
  if (standing === 'dead') return;
  withdraw();
  throw held(project, { standing, path, owner });
}

/**
 * Whether nobody is at work here, nor was killed at it: otherwise a run takes the workspace even
 * where it has nothing to do, and finds what is left.
 */
export function isWorkspaceQuiet(project: Project): boolean {
  const folder = join(project.root, '.sibling');
  const present = join(folder, 'present');
  return (
    !existsSync(join(folder, 'run.lock')) &&
    (!existsSync(present) || readdirSync(present).length === 0)
  );
}

async function lockPath(project: Project): Promise<string> {
  return join(await siblingFolder(project), 'run.lock');
}

function held(project: Project, { standing, path, owner }: Held): ExpectedFailure {
  return standing === 'alive' && owner
    ? busy(project, owner, 'another run')
    : unsure(project, path, owner, 'another run');
}

function busy(project: Project, owner: Owner, what: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'busy',
    cause: `${what} (process ${owner.pid} on ${owner.host}, since ${owner.since}) is at work in ${project.root}`,
    hint: 'Wait for it to end, or stop it with Ctrl-C where it was started. One run at a time works in a workspace.',
  });
}

function unsure(
  project: Project,
  path: string,
  owner: Owner | undefined,
  what = 'another process',
): ExpectedFailure {
  const who = owner
    ? `${what} (process ${owner.pid} on ${owner.host}, since ${owner.since}) was at work in ${project.root}, and from here it cannot be seen whether it still is`
    : `${path} does not say which process is at work in ${project.root}`;
  return new ExpectedFailure({
    kind: 'busy',
    cause: who,
    hint: `Wait for it to end. If it has ended, remove ${path}.`,
  });
}
