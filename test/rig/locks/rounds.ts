import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Dice } from '../differential/dice.ts';
import type { Start, Told } from './starter.ts';

/** Where a starter is: beside us, in a pid namespace of its own, or as if on another machine. */
type Place = 'here' | 'jumping-clock' | 'own-pids' | 'elsewhere';

export interface Rounds {
  readonly rounds: number;
  /** Of starters. */
  readonly had: number;
  readonly busy: number;
  readonly killed: number;
  readonly paused: number;
  readonly faults: readonly string[];
}

const starterFile = fileURLToPath(new URL('starter.js', import.meta.url));
/** Root alone may make namespaces. */
const places: readonly Place[] =
  process.getuid?.() === 0
    ? ['here', 'here', 'jumping-clock', 'own-pids', 'elsewhere']
    : ['here', 'here', 'jumping-clock', 'here', 'here'];

/**
 * Lets 2 to 5 processes take one workspace at the same time, `count` times, in workspaces where now
 * and then a killed run's lock lies; some are killed meanwhile, and some stand still for a while. No
 * two may ever hold it, and nobody's files may go while it lives.
 */
export async function playRounds({
  count,
  seed,
}: {
  readonly count: number;
  readonly seed: number;
}): Promise<Rounds> {
  const dice = new Dice(seed);
  const scratch = mkdtempSync(join(tmpdir(), 'sibling-locks-'));
  const bootId = join(scratch, 'boot_id');
  writeFileSync(bootId, '00000000-0000-4000-8000-000000000000\n');
  const starters = places.map((place) => startIn(place, bootId));
  const counts = { had: 0, busy: 0, killed: 0, paused: 0 };
  const faults: string[] = [];
  try {
    for (let round = 0; round < count && faults.length < 20; round++) {
      const root = join(scratch, `${round}`);
      mkdirSync(root);
      const chosen = shuffled([...starters.keys()], dice).slice(0, dice.int(2, 5));
      // Somebody is killed at it first, in one of three rounds: what all the others then find.
      if (dice.chance(0.35)) await playOne([chosen[0] ?? 0], { root, kills: 1, isHolding: true });
      await playOne(chosen, {
        root,
        kills: dice.chance(0.3) ? 1 : 0,
        pauses: dice.chance(0.3) ? 1 : 0,
      });
      rmSync(root, { recursive: true, force: true });
    }
  } finally {
    for (const starter of starters) end(starter);
    rmSync(scratch, { recursive: true, force: true });
  }
  return { rounds: count, ...counts, faults };

  async function playOne(
    chosen: readonly number[],
    {
      root,
      kills,
      pauses = 0,
      isHolding = false,
    }: { root: string; kills: number; pauses?: number; isHolding?: boolean },
  ): Promise<void> {
    const running = chosen.map(async (at, order) => {
      const starter = starters[at];
      if (!starter) return;
      const start: Start = isHolding
        ? { root, delay: 0, hold: 10_000 }
        : { root, delay: dice.int(0, 3), hold: dice.int(0, 6) };
      const told = answerOf(starter);
      starter.send(start);
      if (order < kills) {
        // One that is to hold it has it by then: a lock of a dead run is what the others find.
        await pause(isHolding ? dice.int(20, 40) : dice.int(0, 14));
        counts.killed += 1;
        end(starter);
        await told;
        if (starter.exitCode === null && starter.signalCode === null) await once(starter, 'exit');
        starters[at] = startIn(places[at] ?? 'here', bootId);
        return;
      }
      if (order < kills + pauses) {
        await pause(dice.int(0, 8));
        signal(starter, 'SIGSTOP');
        counts.paused += 1;
        await pause(dice.int(5, 25));
        signal(starter, 'SIGCONT');
      }
      const answer = await told;
      if (!answer) faults.push('a starter ended by itself');
      else if (answer.kind === 'fault') faults.push(answer.text);
      else counts[answer.outcome === 'busy' ? 'busy' : 'had'] += 1;
    });
    await Promise.all(running);
  }
}

function startIn(place: Place, bootId: string): ChildProcess {
  const program = [process.execPath, starterFile, place];
  const [command = '', ...args] =
    place === 'own-pids'
      ? ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...program]
      : place === 'elsewhere'
        ? [
            ...['unshare', '--mount', '--uts', '--pid', '--fork', '--mount-proc', '--kill-child'],
            ...['sh', '-c', 'hostname elsewhere'],
          ]
        : program;
  if (place === 'elsewhere') {
    const mounts = `mount --bind ${bootId} /proc/sys/kernel/random/boot_id`;
    args.splice(-1, 1, `hostname elsewhere && ${mounts} && exec "$@"`, 'sh', ...program);
  }
  return spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true, // a group of its own, for signals that reach what `unshare` starts
  });
}

/** What a starter tells; undefined where it ends without a word. */
function answerOf(starter: ChildProcess): Promise<Told | undefined> {
  return new Promise((resolve) => {
    const settle = (told?: Told) => {
      starter.off('message', answered).off('exit', gone);
      resolve(told);
    };
    const answered = (told: unknown) => settle(told as Told);
    const gone = () => settle();
    starter.on('message', answered).on('exit', gone);
  });
}

function end(starter: ChildProcess): void {
  signal(starter, 'SIGKILL');
}

function signal(starter: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-(starter.pid ?? 0), name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function shuffled<Item>(items: readonly Item[], dice: Dice): Item[] {
  return items
    .map((item) => ({ item, at: dice.int(0, 1_000_000) }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
