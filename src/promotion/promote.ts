import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure } from '../errors.ts';
import { shownAddress } from '../mlflow/client.ts';
import { aliasHolder, type ModelVersion, setAlias } from '../mlflow/registry.ts';
import { whileClaimed } from './claim.ts';
import { type Judgement, judgeCandidate } from './judge-candidate.ts';
import type { PromotionRequest } from './request.ts';
import { writeFacts, writeReasons } from './version-tags.ts';

/** What became of a promotion. */
export interface Promotion extends Omit<Judgement, 'isHolder' | 'passes'> {
  readonly outcome: 'promoted' | 'would-promote' | 'already' | 'refused';
  readonly model: string;
  readonly alias: string;
  /** Null for one that would have to be registered first. */
  readonly version: number | null;
}

/**
 * Points an alias at a version if its metrics pass the gates against those of the version that holds
 * the alias, reads it back, and writes why into the version's tags. One promotion to an alias at a
 * time: whoever comes second is compared with what the first one left. What would be refused is
 * not registered either. Throws 'tracking' when the server does not keep the alias.
 */
export async function promote(request: PromotionRequest): Promise<Promotion> {
  const { client, model, alias, dryRun, signal } = request;
  const first = await judgeCandidate(request, request.version);
  if (first.isHolder && request.version && !dryRun) await writeFacts(request, request.version);
  if (dryRun || first.isHolder || !first.passes) return resultOf(request, request.version, first);
  const version = request.version ?? (await request.register());
  return whileClaimed(
    client,
    model,
    alias,
    async (refuseIfLost) => {
      const judged = await judgeCandidate(request, version);
      if (judged.isHolder || !judged.passes) return resultOf(request, version, judged);
      // First, so that the next candidate has something to be compared with whatever happens now.
      await writeFacts(request, version);
      await refuseIfLost();
      await pointAlias(request, version);
      await writeReasons(request, version, judged);
      return { ...resultOf(request, version, judged), outcome: 'promoted' };
    },
    { ...(signal && { signal }) },
  );
}

function resultOf(
  { model, alias, dryRun }: PromotionRequest,
  version: ModelVersion | undefined,
  { isHolder, passes, ...judged }: Judgement,
): Promotion {
  const outcome = isHolder ? 'already' : passes ? 'would-promote' : 'refused';
  const notes = dryRun && !isHolder ? [...judged.notes, 'Nothing was changed.'] : judged.notes;
  return { outcome, model, alias, version: version?.number ?? null, ...judged, notes };
}

/** A server may take an alias and not keep it, or another client may set it at the same time. */
async function pointAlias(
  { client, model, alias, signal }: PromotionRequest,
  { number }: ModelVersion,
): Promise<void> {
  await setAlias(client, model, alias, number);
  let found: number | undefined;
  for (const wait of [0, 500, 2_000]) {
    await sleep(wait, undefined, { ...(signal && { signal }) });
    found = await aliasHolder(client, model, alias);
    if (found === number) return;
  }
  throw new ExpectedFailure({
    kind: 'tracking',
    cause: `${alias} was set to version ${number} of ${model}, but the server says that ${found === undefined ? 'no version' : `version ${found}`} holds it`,
    hint:
      found === undefined
        ? `The server at ${shownAddress(client.server)} does not keep aliases: they need MLflow 2.3 or newer.`
        : 'Somebody set it at the same time by other means: look with sibling models, then promote again.',
  });
}
