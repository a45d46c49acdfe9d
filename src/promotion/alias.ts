import { ExpectedFailure } from '../errors.ts';
import type { ModelVersion, RegisteredModel } from '../mlflow/registry.ts';

/** MLflow's stages before aliases, which it deprecated in 2.9. */
const oldStages = ['staging', 'production'];

/**
 * The alias that a person means: `Production` and `Staging`, as MLflow's stages were called, are the
 * aliases `production` and `staging`. Throws 'usage' for a name that MLflow takes for none.
 */
export function readAlias(text: string): string {
  const alias = oldStages.includes(text.toLowerCase()) ? text.toLowerCase() : text;
  // MLflow keeps these for itself: mlflow/utils/validation.py, _validate_model_alias_name.
  const isReserved = /^v\d+$/i.test(alias) || alias.toLowerCase() === 'latest';
  if (/^[\w-]{1,255}$/.test(alias) && !isReserved) return alias;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${JSON.stringify(text)} cannot be an alias`,
    hint: 'An alias has letters, digits, _ and -, and is neither latest nor a version such as v3.',
  });
}

/**
 * The version that an alias stands for: the one it points at, or, where it was never set, the newest
 * one that an older client gave the stage of that name.
 */
export function holderOf(
  alias: string,
  model: RegisteredModel,
  versions: readonly ModelVersion[],
): ModelVersion | undefined {
  const number = model.aliases.get(alias);
  if (number !== undefined) return versions.find((version) => version.number === number);
  if (!oldStages.includes(alias)) return undefined;
  return versions.find(({ oldStage }) => oldStage?.toLowerCase() === alias);
}
