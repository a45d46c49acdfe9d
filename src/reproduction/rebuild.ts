import { join } from 'node:path';
import { ExpectedFailure } from '../errors.ts';
import { baseImage, expectedStageImage, type ImageRequest } from '../run/prepare/prepare.ts';
import { insideRunner } from '../run/runner/runner.ts';
import { projectDepHashes } from '../run/unchanged.ts';
import { configureStages } from '../stage/options/options.ts';
import { byteDifference } from './compare/byte-difference.ts';
import {
  compareDeps,
  compareHere,
  compareLock,
  compareOuts,
  compareParams,
  comparison,
} from './compare/hashes.ts';
import { compareImages } from './compare/images.ts';
import { likelyCauses } from './compare/likely-causes.ts';
import { compareRegistered } from './compare/registered.ts';
import type { Check, Compared } from './compare/result.ts';
import { compareMetricFiles } from './compare/values.ts';
import type { ReproductionContext } from './context/context.ts';
import { gatesOf, metricTexts, type Revision } from './context/revision.ts';
import { objectPath } from './context/stored-objects.ts';
import { forgetTracking, recompute, withoutTracking } from './recompute.ts';
import { bringGiven } from './stored/given-data.ts';
import { checkStoredModel } from './stored/model.ts';
import { depTagName } from './wanted/registered.ts';
import {
  outWithHash,
  readableRecords,
  readRecords,
  type StageRecord,
} from './wanted/stage-records.ts';
import { frozenStage, requireTargetsRun } from './wanted/stages.ts';

/**
 * Makes the model again: runs its stage, what it depends on, and the stages that measure it, with an
 * empty cache, no tracking, and no data from elsewhere but what no stage makes.
 */
export async function rebuild(context: ReproductionContext, revision: Revision): Promise<Compared> {
  const { request, registered, commit, checkout, engine, run } = context;
  const { root } = checkout.project;
  const { model, locked, wanted, pipeline } = revision;
  const { signal, view } = request;
  requireTargetsRun(wanted, model);
  const env = withoutTracking(request.env);
  const images: ImageRequest = {
    ...request,
    project: checkout.project,
    env,
    engine,
    report: view.line,
  };

  const checks: Check[] = [];
  if (model && locked.length > 0)
    checks.push(...compareLock(registered, locked, model, commit.hash));
  checks.push(...(await imageChecks(context, revision, images)));
  await requireInputs(context, revision);

  view.line(`Looking at the stored copy of ${model?.path ?? registered.model}`);
  const stored = await checkStoredModel(context, revision);
  checks.push(...stored.checks);
  const before = await metricTexts(root, revision, locked, stored.folder);
  if (wanted.given.length > 0) {
    checks.push(...(await bringGiven(context, revision)));
  }
  signal.throwIfAborted();

  view.line(`Running ${wanted.stages.map(({ address }) => address).join(', ')}`);
  if (insideRunner(request.env)) forgetTracking(process.env);
  await recompute({ ...request, project: checkout.project, env, engine, run }, wanted);
  signal.throwIfAborted();

  const after = readRecords(root, pipeline).filter(({ stage }) => wanted.stages.includes(stage));
  checks.push(...compareModel(context, revision, after));
  if (model) {
    const record = after.find(({ stage }) => stage === model.stage);
    const deps = compareDeps('dep', registered, record?.deps ?? new Map());
    requireSameInputs(context, deps);
    checks.push(...deps.map((check) => ({ ...check, stage: model.stage.address })));
  }
  checks.push(...compareParams(locked, after), ...compareOuts(locked, after, model));
  checks.push(...compareHere(readableRecords(request.project.root), locked, after, true));
  const texts = await metricTexts(root, revision, after);
  checks.push(
    ...compareMetricFiles(before, texts),
    ...compareRegistered(registered.metrics, texts, gatesOf(root, revision)),
  );

  const notes = likelyCauses({ registered, checks, before: locked, after });
  const made = checks.find(({ kind, state }) => kind === 'model' && state === 'differs');
  const bytes =
    made &&
    (await byteDifference(objectPath(stored.folder, registered.md5), join(root, made.what)));
  if (made && bytes) notes.push(`${made.what} was ${bytes}.`);
  return { checks, notes };
}

/** The image of the model's stage, and the one beneath it, as they would be now. */
async function imageChecks(
  { registered }: ReproductionContext,
  { model }: Revision,
  images: ImageRequest,
): Promise<Check[]> {
  if (!model) return [];
  const [configured] = configureStages(images.project.root, [model.stage]);
  if (!configured) return [];
  const now = expectedStageImage(images, await baseImage(images), configured.options.image);
  const stage = model.stage.address;
  return compareImages(registered, { stage, reference: now.reference, base: now.base });
}

/** Before anything runs: what the commit itself has of the model's inputs must be what was used. */
async function requireInputs(context: ReproductionContext, { model }: Revision): Promise<void> {
  if (!model) return;
  const { registered, checkout } = context;
  const hashes = await projectDepHashes(checkout.project, model.stage);
  const found = Object.entries(hashes).map(
    ([path, hash]) => [path, { path, kind: 'md5', hash }] as const,
  );
  const declared = new Set(model.stage.deps.map(depTagName));
  const deps = compareDeps('dep', registered, new Map(found));
  // What a stage before it makes is not there yet.
  const isMade = ({ what, found: hash }: Check) => hash === null && declared.has(what);
  requireSameInputs(
    context,
    deps.filter((check) => !isMade(check)),
  );
}

/** A version that was registered from uncommitted files has no commit unless its inputs prove one. */
function requireSameInputs(
  { registered, commit }: ReproductionContext,
  deps: readonly Check[],
): void {
  const other = deps.filter(({ state }) => state === 'differs').map(({ what }) => what);
  if (!registered.isDirty || commit.from !== 'run' || other.length === 0) return;
  throw new ExpectedFailure({
    kind: 'unreproducible',
    cause: `version ${registered.number} of ${registered.model} was registered from files that were not committed: at ${commit.hash.slice(0, 10)}, the commit it was made on, ${other.join(' and ')} ${other.length > 1 ? 'are' : 'is'} not what it was made of`,
    hint: 'Commit before you run what shall be registered; sibling promote then remembers the commit.',
    details: deps
      .filter(({ state }) => state === 'differs')
      .map(
        ({ what, expected, found }) =>
          `${what}: registered ${expected}, at the commit ${found ?? 'none'}`,
      ),
  });
}

function compareModel(
  { registered, checkout }: ReproductionContext,
  { model }: Revision,
  after: readonly StageRecord[],
): Check[] {
  const out = outWithHash(after, registered.md5) ?? model;
  if (!out) {
    throw new ExpectedFailure({
      kind: 'unreproducible',
      cause: `nothing tells which out of ${checkout.commit.slice(0, 10)} is the model: none came out with its hash`,
      hint: 'Declare it in dvc.yaml under artifacts, with type: model.',
    });
  }
  if (out.stage.frozen) throw frozenStage(out.stage);
  const made = after.find(({ stage }) => stage === out.stage)?.outs.get(out.path);
  return [
    { ...comparison('model', out.path, registered.md5, made?.hash), stage: out.stage.address },
  ];
}
