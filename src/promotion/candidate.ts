import type { Pipeline } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import type { MlflowClient } from '../mlflow/client.ts';
import { findModel, findVersion, listVersions, type ModelVersion } from '../mlflow/registry.ts';
import { type LockedOut, modelOuts } from './model-out.ts';

/** The tag of a version with the MD5 of the model's file or folder, as dvc.lock has it. */
export const modelHashTag = 'sibling.model_md5';

/** A version that may be promoted. */
export interface Candidate {
  readonly version: ModelVersion;
  /** The out that it is, where dvc.lock has it now. */
  readonly out: LockedOut | undefined;
}

/** What is to be promoted, and to where. */
export interface Sought {
  readonly client: MlflowClient;
  readonly model: string;
  readonly alias: string;
  readonly pipeline: Pipeline;
  /** Makes a version of a model that the registry lacks. */
  readonly register: (out: LockedOut) => Promise<void>;
}

/** The version with a number that somebody names. Throws 'usage' if there is none. */
export async function namedCandidate(
  { client, model, pipeline }: Sought,
  number: number,
): Promise<Candidate> {
  const version = await findVersion(client, model, number);
  if (version) return candidate(version, lockedOrNone(pipeline, model));
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
function lockedOrNone(pipeline: Pipeline, model: string): readonly LockedOut[] {
  try {
    return modelOuts(pipeline, model);
  } catch (error) {
    if (error instanceof ExpectedFailure && error.failure.kind === 'usage') return [];
    throw error;
  }
}

/**
 * The version whose model dvc.lock has: of several, for a model may have been trained again to the
 * same bytes, the one that holds the alias, else the newest. Where no run has registered it with
 * this server it is registered first.
 */
export async function lockedCandidate(sought: Sought): Promise<Candidate> {
  const outs = modelOuts(sought.pipeline, sought.model);
  const found = await findLocked(sought, outs);
  if (found) return found;
  const [out] = outs;
  if (!out || outs.length > 1) throw undeclared(sought.model, outs);
  await sought.register(out);
  const registered = await findLocked(sought, outs);
  if (registered) return registered;
  throw new ExpectedFailure({
    kind: 'tracking',
    cause: `meta.sibling.register of stage ${out.stage.address} ended well, but ${sought.model} has no version with the tag ${modelHashTag} ${out.hash}`,
    hint: 'The command must make a version of that model with that tag: docs/MODELS.md.',
    place: { file: out.stage.file, line: out.stage.line },
  });
}

async function findLocked(
  { client, model, alias }: Sought,
  outs: readonly LockedOut[],
): Promise<Candidate | undefined> {
  const holder = (await findModel(client, model))?.aliases.get(alias);
  const versions = (await listVersions(client, model)).filter(
    (version) => candidate(version, outs).out !== undefined,
  );
  const version = versions.find(({ number }) => number === holder) ?? versions[0];
  return version && candidate(version, outs);
}

function candidate(version: ModelVersion, outs: readonly LockedOut[]): Candidate {
  const hash = version.tags.get(modelHashTag);
  return { version, out: outs.find((out) => out.hash === hash) };
}

function undeclared(model: string, outs: readonly LockedOut[]): ExpectedFailure {
  const last = outs.at(-1);
  return new ExpectedFailure({
    kind: last === undefined ? 'usage' : 'configuration',
    cause: `no version of model ${model} is any of the outs in dvc.lock`,
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
