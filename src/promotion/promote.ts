import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure } from '../errors.ts';
import { type MlflowClient, shownAddress } from '../mlflow/client.ts';
import {
  aliasHolder,
  findModel,
  listVersions,
  type ModelVersion,
  setAlias,
  setVersionTag,
} from '../mlflow/registry.ts';
import { compareMetrics } from '../report/compare-metrics.ts';
import type { MetricGate } from '../report/gates.ts';
import type { ReadFile } from '../report/read-metrics.ts';
import type { MetricRow } from '../report/report.ts';
import { holderOf } from './alias.ts';
import { whileClaimed } from './claim.ts';
import { gatedValues, namedMetrics } from './gated-metrics.ts';
import { metricsTag, metricsText, versionMetrics } from './version-metrics.ts';

export interface PromotionRequest {
  readonly client: MlflowClient;
  readonly model: string;
  readonly alias: string;
  readonly version: ModelVersion;
  /** The candidate's metrics; those that the server has when undefined. */
  readonly metrics: readonly ReadFile[] | undefined;
  readonly gates: readonly MetricGate[];
  /** The commit whose dvc.lock has the model, for `sibling reproduce`. */
  readonly lockCommit: string | undefined;
  /** Who asked for it, and where. */
  readonly by: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** Why a broken gate shall not count. */
  readonly override?: string;
  readonly signal?: AbortSignal;
}

/** What became of a promotion. */
export interface Promotion {
  readonly outcome: 'promoted' | 'would-promote' | 'already' | 'refused';
  readonly model: string;
  readonly alias: string;
  readonly version: number;
  /** Who held the alias before. */
  readonly previous: number | undefined;
  /** The metrics with a gate: of the version before and of this one. */
  readonly rows: readonly MetricRow[];
  readonly notes: readonly string[];
}

/**
 * Points an alias at a version if its metrics pass the gates against those of the version that holds
 * the alias, reads it back, and writes why into the version's tags. One promotion to an alias at a
 * time: whoever comes second is compared with what the first one left. Throws 'tracking' when the
 * server does not keep the alias.
 */
export async function promote(request: PromotionRequest): Promise<Promotion> {
  const { client, model, alias, dryRun, signal } = request;
  if (dryRun) return judgePromotion(request);
  return whileClaimed(
    client,
    model,
    alias,
    async () => {
      const judged = await judgePromotion(request);
      if (judged.outcome !== 'would-promote') return judged;
      await pointAlias(request);
      await writeWhy(request, judged);
      return { ...judged, outcome: 'promoted' };
    },
    { ...(signal && { signal }) },
  );
}

async function judgePromotion(request: PromotionRequest): Promise<Promotion> {
  const { client, model, alias, version, gates, override } = request;
  const registered = await findModel(client, model);
  const versions = await listVersions(client, model);
  const holder = registered && holderOf(alias, registered, versions);
  const notes: string[] = [];
  const after = request.metrics ?? namedMetrics(await versionMetrics(client, version), gates);
  const before = holder && namedMetrics(await versionMetrics(client, holder), gates);
  const hasBefore = before?.some(({ reading }) => 'values' in reading && reading.values.size > 0);
  if (gates.length === 0) notes.push('No stage declares a gate: nothing was compared.');
  else if (holder && !hasBefore) {
    notes.push(`The server has no metrics of version ${holder.number}: only limits were checked.`);
  }
  const rows = compareMetrics(hasBefore ? before : undefined, after, gates).filter(
    ({ gate }) => gate !== undefined && gate.level !== 'off',
  );
  const broken = rows.some((row) => row.broken && row.gate?.level === 'fail');
  if (broken && override !== undefined) notes.push(`Gates are overridden: ${override}`);
  const isHolder = registered?.aliases.get(alias) === version.number;
  const promotion = { model, alias, version: version.number, previous: holder?.number, rows };
  if (isHolder) return { ...promotion, outcome: 'already', notes };
  const outcome = broken && override === undefined ? 'refused' : 'would-promote';
  return { ...promotion, outcome, notes };
}

/** A server may take an alias and not keep it, or another client may set it at the same time. */
async function pointAlias({ client, model, alias, version, signal }: PromotionRequest) {
  await setAlias(client, model, alias, version.number);
  let found: number | undefined;
  for (const wait of [0, 500, 2_000]) {
    await sleep(wait, undefined, { ...(signal && { signal }) });
    found = await aliasHolder(client, model, alias);
    if (found === version.number) return;
  }
  throw new ExpectedFailure({
    kind: 'tracking',
    cause: `${alias} was set to version ${version.number} of ${model}, but the server says that ${found === undefined ? 'no version' : `version ${found}`} holds it`,
    hint:
      found === undefined
        ? `The server at ${shownAddress(client.server)} does not keep aliases: they need MLflow 2.3 or newer.`
        : 'Somebody set it at the same time by other means: look with sibling models, then promote again.',
  });
}

async function writeWhy(request: PromotionRequest, { previous, rows, alias }: Promotion) {
  const { client, model, version, gates, lockCommit, by, override } = request;
  const values = request.metrics && gatedValues(request.metrics, gates);
  const decisive = rows.filter(({ gate, broken }) => broken || gate?.better !== undefined);
  const why = {
    at: new Date().toISOString(),
    over: previous ?? null,
    ...by,
    ...(override !== undefined && { override: override.slice(0, 500) }),
    // A server of MLflow 2 takes 5,000 characters in a tag.
    gates: Object.fromEntries(decisive.slice(0, 15).map(({ key, verdict }) => [key, verdict])),
  };
  const tags: readonly (readonly [string, string | undefined])[] = [
    [metricsTag, values && metricsText(values)],
    ['sibling.lock_commit', lockCommit],
    [`sibling.promotion.${alias}`, JSON.stringify(why)],
  ];
  for (const [key, value] of tags) {
    if (value !== undefined) await setVersionTag(client, model, version.number, { key, value });
  }
}
