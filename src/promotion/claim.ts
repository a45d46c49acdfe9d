import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure } from '../errors.ts';
import type { MlflowClient } from '../mlflow/client.ts';
import { deleteModelTag, findModel, setModelTag } from '../mlflow/registry.ts';

/** Milliseconds after which a claim is one of a promotion that was killed. */
const lifetime = 120_000;

export interface ClaimOptions {
  /** Milliseconds to go on trying while others hold the alias. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/**
 * Does `work` while no other promotion to this alias is at work. MLflow has no operation that takes
 * something only if nobody has it, so each promotion writes a claim of its own as a tag of the model
 * and then looks: it goes on if it is alone, and otherwise takes its claim back and tries again
 * later. Of two that write at once, the one that looks last sees the other, so never both go on.
 * Throws 'busy' when another one holds the alias for longer than `patience`.
 */
export async function whileClaimed<Result>(
  client: MlflowClient,
  model: string,
  alias: string,
  work: () => Promise<Result>,
  { patience = 60_000, signal }: ClaimOptions = {},
): Promise<Result> {
  const prefix = `sibling.promoting.${alias}.`;
  const own = `${prefix}${randomBytes(6).toString('hex')}`;
  const giveUp = Date.now() + patience;
  for (;;) {
    try {
      await setModelTag(client, model, { key: own, value: new Date().toISOString() });
      if (await isAlone()) return await work();
    } finally {
      // One that stays is in nobody's way for long, and must not hide why the work failed.
      await deleteModelTag(client, model, own).catch(() => undefined);
    }
    if (Date.now() > giveUp) throw busy(model, alias);
    // At random: two that met each other must not meet again and again.
    await sleep(200 + Math.random() * 800, undefined, { ...(signal && { signal }) });
  }

  async function isAlone(): Promise<boolean> {
    const { tags } = (await findModel(client, model)) ?? {};
    const others = [...(tags ?? [])].filter(([key]) => key.startsWith(prefix) && key !== own);
    const living = others.filter(([, since]) => Date.now() - Date.parse(since) < lifetime);
    for (const [key] of others) {
      if (!living.some(([name]) => name === key)) await deleteModelTag(client, model, key);
    }
    return living.length === 0;
  }
}

function busy(model: string, alias: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'busy',
    cause: `another promotion of ${model} to ${alias} is at work`,
    hint: `Try again when it has ended; one that was killed stands in the way for ${lifetime / 1000} s.`,
  });
}
