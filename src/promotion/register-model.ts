import type { Engine } from '../container/engine.ts';
import { choosePlacement } from '../container/files/choose.ts';
import type { OutputLines } from '../container/log-lines.ts';
import { engineKnows } from '../container/sweep.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { originOf } from '../git/git.ts';
import { joinWorkspace } from '../run/lock/lock.ts';
import { runContext } from '../run/prepare/context.ts';
import { baseImage, type ImageRequest, stageImage } from '../run/prepare/prepare.ts';
import { networkName, trackingOf } from '../run/prepare/stage-tracking.ts';
import { newRunId } from '../run/run.ts';
import { projectDepHashes } from '../run/unchanged.ts';
import type { ConfiguredStage } from '../stage/options/options.ts';
import { runStage } from '../stage/stage.ts';
import { modelHashTag } from './candidate.ts';
import type { LockedStages } from './locked-stages.ts';
import type { LockedOut } from './model-out.ts';

export interface RegistrationRequest extends ImageRequest {
  readonly engine: Engine;
  /** The name that the version shall be of. */
  readonly model: string;
  readonly locks: LockedStages;
  readonly onOutput: (output: OutputLines) => void | Promise<void>;
}

/**
 * Registers a model that no run has registered with this server, for its stage came from the cache:
 * runs `meta.sibling.register` of its stage in the stage's sandbox, where its outs are there to be
 * read and nothing can be written. Throws what the stage failed with.
 */
export async function registerModel(
  request: RegistrationRequest,
  { stage, options }: ConfiguredStage,
  out: LockedOut,
): Promise<void> {
  const { project, env, engine, signal, model } = request;
  if (!options.register) throw undeclared(out);
  await refuseOther(request, stage);
  const run = newRunId();
  await joinWorkspace(project, run, stage.address, (owner) => engineKnows(engine, owner));
  const image = await stageImage(request, await baseImage(request), options.image);
  const tracking = await trackingOf(request);
  const reader = {
    ...stage,
    deps: [...stage.deps, ...stage.outs.map(({ path }) => path)],
    outs: [],
  };
  const result = await runStage(reader, options, {
    engine,
    project,
    run,
    placement: await choosePlacement(engine, project, env, async () => image.id),
    env: { ...env, ...tracking.env },
    variables: { SIBLING_STAGE: stage.address, SIBLING_TRACKING: 'required' },
    context: {
      ...(await runContext(project, { run, env, origin: await originOf(project.root) })),
      model,
      stage: stage.address,
      image: image.reference,
      base_image: image.base ?? null,
      deps: await projectDepHashes(project, stage),
    },
    network: networkName(options, tracking),
    image: image.id,
    commands: [options.register],
    defaultMemory: Math.round(engine.memory * 0.75),
    onOutput: request.onOutput,
    onStarted: () => undefined,
    signal,
  });
  if (!result.failure) return;
  throw new ExpectedFailure({
    kind: 'tracking',
    cause: `the command that registers the model of stage ${stage.address} (${options.register.join(' ')}) failed: ${result.failure.cause}`,
    hint: 'It is meta.sibling.register of the stage: docs/MODELS.md. What it said is above; no alias was moved.',
    place: { file: stage.file, line: stage.line },
  });
}

/** What is registered is what lies in the workspace: it has to be what dvc.lock names. */
async function refuseOther({ project, locks }: RegistrationRequest, stage: Stage): Promise<void> {
  const outs = stage.outs.map(({ path }) => path);
  const found = await projectDepHashes(project, { ...stage, deps: [...stage.deps, ...outs] });
  const expected = [
    ...stage.deps.map((path) => locks.dep(stage, path)),
    ...outs.map((path) => locks.out(stage, path)),
  ];
  const other = expected.find(({ path, kind, hash }) => kind === 'md5' && found[path] !== hash);
  if (!other) return;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${other.path} ${found[other.path] === undefined ? 'is not here' : 'is not what dvc.lock says'}, so that another model would be registered`,
    hint: 'Bring what dvc.lock names here: sibling pull. Or run the pipeline: sibling run.',
    place: { file: other.path },
  });
}

function undeclared({ stage, path, hash }: LockedOut): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'tracking',
    cause: `no version has the ${path} that dvc.lock names (tag ${modelHashTag} ${hash}): stage ${stage.address} came from the cache, and no run of it has registered the model with this server`,
    hint: `Declare a command that registers it, for example
  meta:
    sibling:
      register: [python, /app/${stage.name}.py, --register]
in stage ${stage.address}, or train it again: sibling run ${stage.address} --force.`,
    place: { file: stage.file, line: stage.line },
  });
}
