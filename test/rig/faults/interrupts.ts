import { setTimeout as pause } from 'node:timers/promises';
import Docker from 'dockerode';
import { findProject } from '../../../src/project/project.ts';
import { ensureBusyboxImage } from '../busybox-image.ts';
import { Dice } from '../differential/dice.ts';
import { makeProject, removeProject, sibling, startSibling } from '../stage-project.ts';

/** One interrupted run. */
export interface Interruption {
  /** After the start of the run, in milliseconds. */
  readonly at: number;
  /** Null when the signal came before there was anything to stop, and ended the command itself. */
  readonly code: number | null;
  /** Whether the stage's container was there by then. */
  readonly hadStage: boolean;
  /** Milliseconds from SIGINT until no container of the project was left. */
  readonly goneAfter: number;
  /** Milliseconds from SIGINT until the command had ended. */
  readonly endedAfter: number;
  /** What was left after it had ended. */
  readonly left: readonly string[];
}

/** How long a run may be at work before it is interrupted, in milliseconds. */
const latest = 4_000;

/**
 * Interrupts a run at random moments from its start on, most of them while its stage runs: one that
 * ignores SIGTERM and SIGINT, so that each takes as long as it can.
 */
export async function interruptRuns(
  count: number,
  seed: number,
  onEach: (one: Interruption) => void,
): Promise<Interruption[]> {
  const docker = new Docker();
  await ensureBusyboxImage(docker);
  const script = "trap '' TERM INT\nfor i in $(seq 600); do echo $i; sleep 0.1; done";
  const root = makeProject({ stages: { stubborn: { script, entry: { outs: ['out'] } } } });
  const filters = { label: [`sibling.project=${findProject(root).id}`] };
  const names = async () => {
    const found = await docker.listContainers({ all: true, filters });
    return found.flatMap((container) => container.Names);
  };
  const dice = new Dice(seed);
  const all: Interruption[] = [];
  try {
    await sibling(root, ['build']);
    for (let index = 0; index < count; index++) {
      const at = dice.int(100, latest);
      const run = startSibling(root, ['run']);
      await pause(at);
      const hadStage = (await names()).some((name) => name.endsWith('-stubborn'));
      const begun = performance.now();
      run.kill('SIGINT');
      const ended = run.finished.then((result) => [result, performance.now() - begun] as const);
      const hasEnded = ended.then(() => true);
      let goneAfter = Number.POSITIVE_INFINITY;
      // Before its end a container may still be created: gone is what stays so.
      for (let over = false; !over; ) {
        over = await Promise.race([hasEnded, pause(20, false)]);
        if ((await names()).length > 0) goneAfter = Number.POSITIVE_INFINITY;
        else goneAfter = Math.min(goneAfter, performance.now() - begun);
      }
      const [{ code }, endedAfter] = await ended;
      const one = { at, code, hadStage, goneAfter, endedAfter, left: await names() };
      all.push(one);
      onEach(one);
    }
  } finally {
    removeProject(root);
  }
  return all;
}

/** One line that says how quickly the siblings were gone. */
export function interruptionSummary(all: readonly Interruption[]): string {
  const gone = all.map(({ goneAfter }) => goneAfter).sort((a, b) => a - b);
  const ended = all.map(({ endedAfter }) => endedAfter).sort((a, b) => a - b);
  const codes = [...new Set(all.map(({ code }) => code ?? 'by the signal itself'))].join(' or ');
  return [
    `SIGINT × ${all.length} (${all.filter(({ hadStage }) => hadStage).length} while the stage ran):`,
    `exit ${codes};`,
    `containers gone after ${seconds(middle(gone))} in the middle, ${seconds(gone.at(-1))} at most;`,
    `command ended after ${seconds(middle(ended))}, ${seconds(ended.at(-1))} at most;`,
    `left behind: ${all.flatMap(({ left }) => left).length} containers`,
  ].join(' ');
}

function middle(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor(sorted.length / 2)];
}

function seconds(milliseconds: number | undefined): string {
  return `${((milliseconds ?? 0) / 1000).toFixed(2)} s`;
}
