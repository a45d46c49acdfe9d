import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import { type MlflowClient, shownAddress } from '../../mlflow/client.ts';
import { findModel, setAlias } from '../../mlflow/registry.ts';
import type { Finding } from '../check.ts';

/** What every model that is made here is called; a number makes each its own. */
const probeName = 'sibling-doctor-probe-';

const modelsAnswer = v.object({
  registered_models: v.optional(
    v.array(
      v.object({
        name: v.string(),
        aliases: v.optional(
          v.array(v.object({ alias: v.string(), version: v.union([v.string(), v.number()]) })),
          [],
        ),
      }),
    ),
    [],
  ),
});

/**
 * Whether the server keeps the aliases of registered models, by which models are promoted: reads back
 * one that is there.
 */
export async function readAlias(client: MlflowClient): Promise<Finding> {
  const answer = await client.get('registered-models/search', { max_results: '100' });
  const read = v.safeParse(modelsAnswer, answer ?? {});
  if (!read.success) {
    throw new ExpectedFailure({
      kind: 'tracking',
      cause: `${shownAddress(client.server)} does not answer as MLflow does when asked for its models`,
      hint: 'Check MLFLOW_TRACKING_URI; models need MLflow 2.3 or newer.',
    });
  }
  const { registered_models: models } = read.output;
  const [found] = models.flatMap(({ name, aliases }) =>
    aliases.map((alias) => ({ name, ...alias })),
  );
  if (!found) {
    const text =
      'no model has an alias yet, so that none can be read back (--write-probes tries one)';
    return { state: 'ok', text, value: undefined };
  }
  const { name, alias, version } = found;
  const held = await resolve(client, name, alias);
  if (held === Number(version)) {
    return {
      state: 'ok',
      text: `${name}@${alias} is version ${held}, as it says twice`,
      value: undefined,
    };
  }
  return forgotten(
    `${name}@${alias} is listed as version ${version}, but leads to ${held ?? 'none'}`,
  );
}

/** A version needs a source, which nobody reads here; one of a run would need a run. */
const nowhere = 's3://sibling-doctor/probe';

/** As `readAlias`, with a model that is made for it and removed again, also after `signal`. */
export async function probeAlias(client: MlflowClient, signal: AbortSignal): Promise<Finding> {
  const name = `${probeName}${randomBytes(6).toString('hex')}`;
  await client.send('POST', 'registered-models/create', { name });
  const finding = await aliasOf(client, name, signal).catch((error: unknown) => error);
  try {
    await client.send('DELETE', 'registered-models/delete', { name });
  } catch (error) {
    throw new ExpectedFailure(
      {
        kind: 'tracking',
        cause: `the model ${name} was made to try an alias, and cannot be removed: ${(error as Error).message}`,
        hint: `Delete ${name} on the server's pages: it holds nothing.`,
      },
      { cause: error },
    );
  }
  if (finding instanceof Error) throw finding;
  return finding as Finding;
}

async function aliasOf(client: MlflowClient, name: string, signal: AbortSignal): Promise<Finding> {
  await client.send('POST', 'model-versions/create', { name, source: nowhere });
  signal.throwIfAborted();
  await setAlias(client, name, 'probe', 1);
  const listed = (await findModel(client, name))?.aliases.get('probe');
  const held = await resolve(client, name, 'probe');
  if (listed !== 1 || held !== 1) {
    return forgotten('it took the alias of a new model, and does not have it');
  }
  return {
    state: 'ok',
    text: 'the alias of a model that was made for it was kept, and the model removed',
    value: undefined,
  };
}

function forgotten(what: string): Finding {
  return {
    state: 'failure',
    failure: {
      kind: 'tracking',
      cause: `the MLflow server does not keep aliases: ${what}`,
      hint: 'sibling promote cannot work with it: use a server of MLflow 2.3 or newer.',
    },
  };
}

/** The version that the server finds by an alias. */
async function resolve(
  client: MlflowClient,
  name: string,
  alias: string,
): Promise<number | undefined> {
  const answer = await client
    .get('registered-models/alias', { name, alias })
    .catch(() => undefined);
  const { model_version: found } = Object(answer) as { model_version?: { version?: unknown } };
  return found === undefined ? undefined : Number(found.version);
}
