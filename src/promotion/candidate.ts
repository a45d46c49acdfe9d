import type { Pipeline } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import type { MlflowClient } from '../mlflow/client.ts';
import { findModel, findVersion, listVersions, type ModelVersion } from '../mlflow/registry.ts';
import type { LockedStages } from './locked-stages.ts';
import { type LockedOut, modelOuts } from './model-out.ts';

/** The tag of a version with the MD5 of the model's file or folder, as dvc.lock has it. */
export const modelHashTag = 'sibling.model_md5';

/** What may be promoted; at least one of the two is there. */
export interface Candidate {
  /** Undefined where no run has registered the model of dvc.lock with this server. */
  readonly version: ModelVersion | undefined;
  /** The out that it is, where dvc.lock has it now. */
  readonly out: LockedOut | undefined;
}

/** What is to be promoted, and to where. */
export interface Sought {
  readonly client: MlflowClient;
  readonly model: string;
  readonly alias: string;
  readonly pipeline: Pipeline;
  readonly locks: LockedStages;
  /** Names that the project's model may get where nobody has registered it yet. */
  readonly ownNames: readonly string[];
}

/** The version with a number that somebody names. Throws 'usage' if there is none. */
export async function namedCandidate(
  { client, model, pipeline, locks }: Sought,
  number: number,
): Promise<Candidate> {
  const version = await findVersion(client, model, number);
  if (version) return { version, out: outOf(version, lockedOrNone(pipeline, locks, model)) };
  const existing = (await listVersions(client, model)).map((each) => each.number);
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `model ${model} has no version ${number}`,
    hint:
      existing.length > 0
        ? `It has ${existing.slice(0, 20).join(', ')}: sibling models shows them.`
        : 'It has none at all: run the stage that registers it.',
  });
}

/** A version that is named may be promoted also where nothing has run. */
function lockedOrNone(
  pipeline: Pipeline,
  locks: LockedStages,
  model: string,
): readonly LockedOut[] {
  try {
    return modelOuts(pipeline, locks, model);
  } catch (error) {
    if (error instanceof ExpectedFailure && error.failure.kind === 'usage') return [];
    throw error;
  }
}

/**
 * The version whose model dvc.lock has: of several, for a model may have been trained again to the
 * same bytes, the one that holds the alias, else the newest. Throws 'configuration' where several
 * outs are registered as this model, and it is not declared which of them it is.
 */
export async function lockedCandidate(sought: Sought): Promise<Candidate> {
  const { client, model, alias, pipeline, locks } = sought;
  const outs = modelOuts(pipeline, locks, model);
  const registered = await findModel(client, model);
  if (!registered && !sought.ownNames.includes(model)) throw unknown(sought);
  const holder = registered?.aliases.get(alias);
  const versions = (await listVersions(client, model)).filter((version) => outOf(version, outs));
  if (new Set(versions.map(({ tags }) => tags.get(modelHashTag))).size > 1) {
    throw undeclared(model, outs, `several outs in dvc.lock are registered as ${model}`);
  }
  const version = versions.find(({ number }) => number === holder) ?? versions[0];
  if (version) return { version, out: outOf(version, outs) };
  const [out] = outs;
  if (out && outs.length === 1) return { version: undefined, out };
  throw undeclared(model, outs, `no version of model ${model} is any of the outs in dvc.lock`);
}

function outOf(version: ModelVersion, outs: readonly LockedOut[]): LockedOut | undefined {
  const hash = version.tags.get(modelHashTag);
  return outs.find((out) => out.hash === hash);
}

function undeclared(model: string, outs: readonly LockedOut[], cause: string): ExpectedFailure {
  const [likely] = outs.filter(({ stage, path }) =>
    stage.outs.some((out) => out.path === path && out.kind === 'out'),
  );
  const last = likely ?? outs.at(-1);
  return new ExpectedFailure({
    kind: last === undefined ? 'usage' : 'configuration',
    cause,
    hint:
      last === undefined
        ? 'Run the pipeline first: sibling run.'
        : `Say which out is the model, in dvc.yaml:
artifacts:
  ${model}:
    path: ${last.path}
    type: model`,
  });
}

function unknown({ model, ownNames }: Sought): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the registry has no model ${model}, and it is no name of this project's`,
    hint: `A model of this project is called ${ownNames.join(' or ')}; one of another name has to be registered first.`,
  });
}
