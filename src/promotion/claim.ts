import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure } from '../errors.ts';
import type { MlflowClient } from '../mlflow/client.ts';
import { deleteModelTag, findModel, setModelTag } from '../mlflow/registry.ts';

export interface ClaimOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds between two signs of life of a claim. */
  readonly heartbeat?: number;
  /** Milliseconds without a sign of life after which a claim is one of a promotion that was killed. */
  readonly lifetime?: number;
  /** Milliseconds to go on trying while others hold the alias. */
  readonly patience?: number;
}

/**
 * Does `work` while no other promotion to this alias is at work. MLflow has no operation that takes
 * something only if nobody has it, so each promotion writes a claim of its own as a tag of the model
 * and then looks: it goes on if it is alone, and otherwise takes its claim back and tries again
 * later. Of two that write at once, the one that looks last sees the other, so never both go on.
 *
 * A claim changes with each heartbeat; one that this process has seen unchanged for a lifetime is
 * dead and is removed. No clock of another machine counts. `work` gets a function that throws 'busy'
 * if its own claim was taken for dead meanwhile. Throws 'busy' also when others hold the alias for
 * longer than `patience`.
 */
export async function whileClaimed<Result>(
  client: MlflowClient,
  model: string,
  alias: string,
  work: (refuseIfLost: () => Promise<void>) => Promise<Result>,
  { signal, heartbeat = 5_000, lifetime = 30_000, patience = 90_000 }: ClaimOptions = {},
): Promise<Result> {
  const prefix = `sibling.promoting.${alias}.`;
  const own = `${prefix}${randomBytes(6).toString('hex')}`;
  const others = new Map<string, { value: string; since: number }>();
  // A claim must go also after Ctrl-C, which the client heeds.
  const last = client.uninterrupted();
  const beat = () =>
    setModelTag(client, model, { key: own, value: randomBytes(6).toString('hex') });
  const giveUp = performance.now() + patience;
  for (;;) {
    let pulse: NodeJS.Timeout | undefined;
    let beating: Promise<void> | undefined;
    try {
      await beat();
      if (await isAlone()) {
        pulse = setInterval(() => {
          beating = beat().catch(() => undefined);
        }, heartbeat);
        return await work(refuseIfLost);
      }
    } finally {
      clearInterval(pulse);
      await beating;
      // One that stays is in nobody's way for long, and must not hide why the work failed.
      await deleteModelTag(last, model, own).catch(() => undefined);
    }
    if (performance.now() > giveUp) throw busy(model, alias);
    // At random: two that met each other must not meet again and again.
    await sleep(200 + Math.random() * 800, undefined, { ...(signal && { signal }) });
  }

  async function claims(): Promise<ReadonlyMap<string, string>> {
    const { tags = new Map<string, string>() } = (await findModel(client, model)) ?? {};
    return new Map([...tags].filter(([key]) => key.startsWith(prefix)));
  }

  async function isAlone(): Promise<boolean> {
    let alone = true;
    for (const [key, value] of await claims()) {
      if (key === own) continue;
      const known = others.get(key);
      if (known?.value !== value) others.set(key, { value, since: performance.now() });
      if (known?.value === value && performance.now() - known.since > lifetime) {
        await deleteModelTag(client, model, key);
      } else {
        alone = false;
      }
    }
    return alone;
  }

  async function refuseIfLost(): Promise<void> {
    if (!(await claims()).has(own)) throw busy(model, alias);
  }
}

function busy(model: string, alias: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'busy',
    cause: `another promotion of ${model} to ${alias} is at work`,
    hint: 'Try again when it has ended; sibling models shows what it did.',
  });
}
