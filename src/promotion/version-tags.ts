import { ExpectedFailure } from '../errors.ts';
import { deleteVersionTag, type ModelVersion, setVersionTag } from '../mlflow/registry.ts';
import type { MetricRow } from '../report/report.ts';
import { nameMetrics } from './metric-names.ts';
import type { PromotionRequest } from './request.ts';
import { metricsTag, metricsText } from './version-metrics.ts';

/** The tag with the commit whose dvc.lock names the model. */
const lockCommitTag = 'sibling.lock_commit';

/** Writes what a later promotion and a reproduction need to know of a version, as far as it is known. */
export async function writeFacts(request: PromotionRequest, version: ModelVersion): Promise<void> {
  const { client, model, metrics, gates, lockCommit } = request;
  const set = async (key: string, value: string) => {
    if (version.tags.get(key) === value) return;
    await setVersionTag(client, model, version.number, { key, value });
  };
  if (metrics) {
    const text = metricsText(nameMetrics(metrics, gates));
    if (text !== undefined) await set(metricsTag, text);
    // Numbers of an earlier promotion must not stand for these.
    else if (version.tags.has(metricsTag)) {
      await deleteVersionTag(client, model, version.number, metricsTag);
    }
  }
  if (lockCommit !== undefined) await set(lockCommitTag, lockCommit);
}

/** Writes why an alias was moved. Throws what the server says, with that the alias has moved. */
export async function writeReasons(
  { client, model, alias, reasons }: PromotionRequest,
  { number }: ModelVersion,
  {
    previous,
    rows,
  }: { readonly previous: number | undefined; readonly rows: readonly MetricRow[] },
): Promise<void> {
  const decisive = rows.filter(({ gate, broken }) => broken || gate?.better !== undefined);
  const why = {
    at: new Date().toISOString(),
    over: previous ?? null,
    ...reasons,
    ...(reasons.override !== undefined && { override: reasons.override.slice(0, 500) }),
    // A server of MLflow 2 takes 5,000 characters in a tag.
    gates: Object.fromEntries(decisive.slice(0, 15).map(({ key, verdict }) => [key, verdict])),
  };
  const tag = { key: `sibling.promotion.${alias}`, value: JSON.stringify(why) };
  try {
    await setVersionTag(client, model, number, tag);
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    throw new ExpectedFailure(
      {
        ...error.failure,
        cause: `${alias} points at version ${number} of ${model} now, but why could not be written into its tags: ${error.failure.cause}`,
      },
      { cause: error },
    );
  }
}
