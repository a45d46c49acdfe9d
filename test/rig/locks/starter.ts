/**
 * A process that takes a workspace again and again, as `play.ts` says by messages: it tells what it
 * saw, and holds what it took for as long as it is told.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ExpectedFailure } from '../../../src/errors.ts';
import type { Project } from '../../../src/project/project.ts';
import { lockWorkspace, type RunLock } from '../../../src/run/lock/lock.ts';

export interface Start {
  readonly root: string;
  /** Milliseconds before it starts, and for which it holds. */
  readonly delay: number;
  readonly hold: number;
}

export type Told =
  | { readonly kind: 'ended'; readonly outcome: 'had it' | 'busy' }
  | { readonly kind: 'fault'; readonly text: string };

const [kind] = process.argv.slice(2);
if (kind === 'jumping-clock') {
  const now = Date.now;
  Date.now = () => now() + randomInt(-86_400_000, 86_400_000);
}

process.on('message', (start: Start) => {
  play(start).then(tell, (error) => tell({ kind: 'fault', text: String(error?.stack ?? error) }));
});
process.on('disconnect', () => process.exit());

async function play({ root, delay, hold }: Start): Promise<Told> {
  if (delay > 0) await pause(delay);
  const project: Project = { root, id: 'rounds', folders: [root], user: { uid: 0, gid: 0 } };
  const run = randomBytes(6).toString('hex');
  let lock: RunLock;
  try {
    lock = await lockWorkspace(project, run, async () => 'absent');
  } catch (error) {
    if (error instanceof ExpectedFailure && error.failure.kind === 'busy') {
      return { kind: 'ended', outcome: 'busy' };
    }
    throw error;
  }
  const mark = join(root, 'held');
  const scratch = join(root, `scratch-${run}`);
  const before = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
  if (before !== undefined && !lock.abandoned.includes(before)) {
    return { kind: 'fault', text: `${run} holds what ${before} holds` };
  }
  writeFileSync(`${mark}.new`, run); // whole, wherever this process is killed
  renameSync(`${mark}.new`, mark);
  writeFileSync(scratch, '');
  for (const dead of lock.abandoned) rmSync(join(root, `scratch-${dead}`), { force: true });
  if (hold > 0) await pause(hold);
  if (readFileSync(mark, 'utf8') !== run) return { kind: 'fault', text: `${run} was not alone` };
  if (!existsSync(scratch)) return { kind: 'fault', text: `${run} lost its files while it lived` };
  rmSync(mark);
  await lock.release();
  return { kind: 'ended', outcome: 'had it' };
}

function tell(told: Told): void {
  process.send?.(told);
}
