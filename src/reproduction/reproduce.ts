import { ExpectedFailure } from '../errors.ts';
import type { NetworkResult } from '../git/network.ts';
import { announce } from '../run/lock/presence.ts';
import { newRunId } from '../run/run.ts';
import { type Checkout, checkOut } from './checkout/checkout.ts';
import { type Clone, makeClone } from './checkout/clone.ts';
import { findCommit } from './checkout/find-commit.ts';
import { type Compared, type Reproduction, verdictOf } from './compare/result.ts';
import type { ReproductionContext, ReproductionRequest } from './context/context.ts';
import { readRevision } from './context/revision.ts';
import { rebuild } from './rebuild.ts';
import { lookAtStored } from './stored/look.ts';
import { findRegistered, type RegisteredVersion } from './wanted/registered.ts';
import { readWanted } from './wanted/version.ts';

type Known = { -readonly [Key in keyof Reproduction]?: Reproduction[Key] };

/**
 * Makes a registered model again from what the registry says of it, in a checkout of its own, and
 * compares. What keeps it from doing so is a verdict too; a wrong command line, another run in the
 * way and an interruption are thrown.
 */
export async function reproduce(request: ReproductionRequest): Promise<Reproduction> {
  const begun = performance.now();
  const known: Known = {};
  const compared = await compareOrTell(request, known);
  const checks = 'cause' in compared ? [] : compared.checks;
  return {
    schema: 1,
    model: request.wanted,
    version: null,
    commit: null,
    commit_from: null,
    kept: null,
    ...known,
    method: request.pull ? 'pull' : 'run',
    verdict: 'cause' in compared ? 'cannot' : verdictOf(checks),
    findings: checks.filter(({ state }) => state !== 'same'),
    same: checks.filter(({ state }) => state === 'same'),
    notes: 'cause' in compared ? [] : compared.notes,
    cannot: 'cause' in compared ? compared : null,
    seconds: Math.round((performance.now() - begun) / 100) / 10,
  };
}

async function compareOrTell(
  request: ReproductionRequest,
  known: Known,
): Promise<Compared | NonNullable<Reproduction['cannot']>> {
  try {
    return await compare(request, known);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!(error instanceof ExpectedFailure)) throw error;
    const { kind, cause, hint, details } = error.failure;
    if (['usage', 'busy', 'interrupted'].includes(kind)) throw error;
    return { kind, cause, hint, ...(details && { details }) };
  }
}

async function compare(request: ReproductionRequest, known: Known): Promise<Compared> {
  const { project, view, signal } = request;
  const registry = await request.openRegistry();
  const wanted = readWanted(request.wanted, registry.model);
  known.model = wanted.model;
  const registered = await findRegistered(registry.client, wanted);
  known.version = registered.number;
  view.line(`Version ${registered.number} of ${registered.model}`);
  const run = newRunId();
  const { withdraw } = await announce(project, run, 'a reproduction', { writes: false });
  let clone: Clone | undefined;
  let checkout: Checkout | undefined;
  try {
    clone = await makeClone(project, run);
    const commit = await findCommit(project.root, clone, registered, signal);
    if (!commit) throw noCommit(registered, await clone.fetchAll(signal));
    known.commit = commit.hash;
    known.commit_from = commit.from;
    signal.throwIfAborted();
    checkout = await checkOut(project, clone, commit.hash, signal);
    known.commit = checkout.commit;
    view.line(`Checked out commit ${checkout.commit.slice(0, 10)}`);
    const engine = await request.openEngine();
    const access = await request.openDvc(engine, checkout.project, run);
    const context: ReproductionContext = {
      ...access,
      request,
      registered,
      commit: { ...commit, hash: checkout.commit },
      checkout,
      engine,
      run,
    };
    const revision = await readRevision(checkout.project.root, registered, commit);
    const compared = await (request.pull ? lookAtStored : rebuild)(context, revision);
    const verdict = verdictOf(compared.checks);
    if (verdict === 'cannot') throw notCompared(registered);
    if (verdict === 'differs' && registered.isDirty && commit.from === 'run') {
      throw uncommitted(registered, checkout.commit);
    }
    return { ...compared, notes: [...gaps(registered, commit.from), ...compared.notes] };
  } finally {
    if (request.keep && checkout) known.kept = await checkout.keep();
    else await clone?.remove();
    withdraw();
  }
}

/** What the registry does not say. */
function gaps(registered: RegisteredVersion, from: Reproduction['commit_from']): string[] {
  const { image, baseImage, deps, metrics } = registered;
  return [
    ...(from === 'run'
      ? [
          'No commit has a dvc.lock that names this model: it was made again from the commit that its run was on, and other outs are not compared.',
        ]
      : []),
    ...(image === undefined ? ['The registry does not say in which image it was made.'] : []),
    ...(image !== undefined && baseImage === undefined
      ? ['The registry does not say which base image was beneath it.']
      : []),
    ...(deps.size === 0 ? ['The registry does not say what it was made of.'] : []),
    ...(metrics.values.size === 0 ? ['The registry has no metrics of it.'] : []),
  ];
}

/** The commit may have other parameters: that something else came out of it shows nothing. */
function uncommitted({ model, number }: RegisteredVersion, commit: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `version ${number} of ${model} was registered with changes that were not committed, no commit's dvc.lock names it, and commit ${commit.slice(0, 10)} gives another model`,
    hint: 'Commit params.yaml, dvc.yaml and dvc.lock as they were then; sibling promote notes that commit.',
  });
}

function notCompared({ model, number }: RegisteredVersion): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `the model itself, version ${number} of ${model}, was not compared with anything`,
    hint: 'Without --pull it is made again.',
  });
}

function noCommit({ model, number }: RegisteredVersion, fetched: NetworkResult): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `nothing tells which commit version ${number} of ${model} was made from: no dvc.lock in the history names it, and it has no tag sibling.git_commit`,
    hint: 'Fetch the branch that has its dvc.lock (git fetch --all), or register models from a Git repository.',
    ...(!fetched.isDone && { details: [`origin gave nothing: ${fetched.reason}`] }),
  });
}
