import { ExpectedFailure } from '../../errors.ts';
import type { ModelVersion } from '../../mlflow/registry.ts';
import { lockedCandidate, modelHashTag, type Sought } from '../../promotion/candidate.ts';
import type { LockedOut } from '../../promotion/model-out.ts';
import { registerModel } from '../../promotion/register-model.ts';
import type { ConfiguredStage } from '../../stage/options/options.ts';
import { printStageOutput } from '../../stage/output.ts';
import { bringHere } from './bring-here.ts';
import { openEngine, type ProjectSession } from './session.ts';

interface Registered extends Sought {
  readonly stages: readonly ConfiguredStage[];
  readonly signal: AbortSignal;
}

/**
 * What registers the model of dvc.lock, whose stage came from the cache: brings here what the stage's
 * command needs, runs it, and gives the version that it made.
 */
export function registration(
  session: ProjectSession,
  sought: Registered,
  out: LockedOut | undefined,
): () => Promise<ModelVersion> {
  return async () => {
    const makes = sought.stages.find(({ stage }) => stage === out?.stage);
    if (!out || !makes) throw new Error('a version that is there needs no registration');
    const { stage } = makes;
    session.report(`No version in the registry is this ${out.path}: registering it`);
    const needed = [...stage.deps, ...stage.outs.map(({ path }) => path)];
    await bringHere(session, sought.pipeline, needed, sought.signal);
    const engine = await openEngine(session);
    const prefix = session.style.named(stage.address, `[${stage.address}]`);
    await registerModel(
      {
        ...session,
        engine,
        signal: sought.signal,
        model: sought.model,
        locks: sought.locks,
        // Standard output is for the result.
        onOutput: (output) => printStageOutput({ ...output, stream: 'stderr' }, prefix, 'two'),
      },
      makes,
      out,
    );
    const { version } = await lockedCandidate(sought);
    if (version) return version;
    throw new ExpectedFailure({
      kind: 'tracking',
      cause: `meta.sibling.register of stage ${stage.address} ended well, but ${sought.model} has no version with the tag ${modelHashTag} ${out.hash}`,
      hint: 'The command must make a version of that model with that tag: docs/MODELS.md.',
      place: { file: stage.file, line: stage.line },
    });
  };
}
