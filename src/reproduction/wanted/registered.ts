import { ExpectedFailure } from '../../errors.ts';
import type { MlflowClient } from '../../mlflow/client.ts';
import {
  findModel,
  findVersion,
  listVersions,
  type ModelVersion,
  type RegisteredModel,
} from '../../mlflow/registry.ts';
import { holderOf } from '../../promotion/alias.ts';
import { type VersionMetrics, versionMetrics } from '../../promotion/version-metrics.ts';
import { type WantedVersion, wantedText } from './version.ts';

/** What the registry says of a version: all that it can be made again from. */
export interface RegisteredVersion {
  readonly model: string;
  readonly number: number;
  /** MD5 of the model, as dvc.lock has it. */
  readonly md5: string;
  /** The commit that the registering run was on. */
  readonly gitCommit: string | undefined;
  /** Whether that run had files that the commit does not have. */
  readonly isDirty: boolean;
  /** The commit whose dvc.lock has the model, where somebody has said so. */
  readonly lockCommit: string | undefined;
  /** The reference of the stage's image. */
  readonly image: string | undefined;
  /** The id of the base image beneath it. */
  readonly baseImage: string | undefined;
  /** MD5 by the name of the tag, which is a path in which `_` may stand for another character. */
  readonly deps: ReadonlyMap<string, string>;
  /** `isComplete`: what it was promoted with; else the newest values that its MLflow run has. */
  readonly metrics: VersionMetrics;
}

const depTag = 'sibling.dep.';

/** The version with what is registered of it. Throws 'unreproducible' for one that is not there. */
export async function findRegistered(
  client: MlflowClient,
  wanted: WantedVersion,
): Promise<RegisteredVersion> {
  const model = await findModel(client, wanted.model);
  if (!model) throw await noModel(client, wanted.model);
  const version = await resolveVersion(client, model, wanted);
  const tag = (name: string) => version.tags.get(`sibling.${name}`) || undefined;
  const md5 = tag('model_md5');
  if (!md5) throw noHash(model.name, version.number);
  return {
    model: model.name,
    number: version.number,
    md5,
    gitCommit: tag('git_commit'),
    isDirty: tag('git_dirty') === 'true',
    lockCommit: tag('lock_commit'),
    image: tag('image'),
    baseImage: tag('base_image'),
    deps: new Map(
      [...version.tags].flatMap(([name, value]) =>
        name.startsWith(depTag) ? [[name.slice(depTag.length), value]] : [],
      ),
    ),
    metrics: await versionMetrics(client, version),
  };
}

/** The name that a dep has in the tags: MLflow takes no other characters there. */
export function depTagName(path: string): string {
  return path.replace(/[^/\p{L}\p{N}_.\- ]/gu, '_');
}

async function resolveVersion(
  client: MlflowClient,
  model: RegisteredModel,
  wanted: WantedVersion,
): Promise<ModelVersion> {
  if ('number' in wanted.version) {
    const found = await findVersion(client, model.name, wanted.version.number);
    if (found) return found;
    throw noVersion(wanted, model, await listVersions(client, model.name));
  }
  const versions = await listVersions(client, model.name);
  const held = holderOf(wanted.version.alias, model, versions);
  if (held) return held;
  throw noVersion(wanted, model, versions);
}

async function noModel(client: MlflowClient, name: string): Promise<ExpectedFailure> {
  const answer = await client.get('registered-models/search', { max_results: '20' });
  const { registered_models: models = [] } = Object(answer) as {
    registered_models?: { name: string }[];
  };
  const names = models.map((model) => model.name);
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `the registry has no model ${name}`,
    hint:
      names.length > 0
        ? `Its models are ${names.join(', ')}: sibling reproduce ${names[0]}@production.`
        : 'It has no model at all: sibling run registers one.',
  });
}

function noVersion(
  wanted: WantedVersion,
  model: RegisteredModel,
  versions: readonly ModelVersion[],
): ExpectedFailure {
  const numbers = versions.slice(0, 20).map(({ number }) => number);
  const aliases = [...model.aliases].map(([alias, number]) => `@${alias} (${number})`);
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `the registry has no ${wantedText(wanted)}`,
    hint: `${model.name} has ${numbers.length > 0 ? `the versions ${numbers.join(', ')}` : 'no versions'} and ${aliases.length > 0 ? `the aliases ${aliases.join(', ')}` : 'no aliases: sibling promote sets one'}.`,
  });
}

function noHash(model: string, number: number): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `version ${number} of ${model} has no tag sibling.model_md5, so that nothing can be compared with it`,
    hint: 'Who registers a version has to set the tags of docs/REPRODUCE.md, as stages/train does.',
  });
}
