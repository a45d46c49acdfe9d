import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ExpectedFailure } from '../../../src/errors.ts';
import { splitOverrides } from '../../../src/job/overrides/split.ts';
import { Dice } from '../differential/dice.ts';
import { formats } from '../params-copies/run.ts';
import { repository } from '../repository.ts';
import { toolPath } from '../tools.ts';
import { joined, randomOverrides } from './random-overrides.ts';

export interface OverridesResult {
  cases: number;
  /** Files that both wrote. */
  written: number;
  /** Of these, with another text than before. */
  changed: number;
  /** What both refused. */
  refused: number;
  /** What DVC ends well with and leaves as it is, in Python; we refuse it. */
  notTaken: number;
  readonly faults: string[];
}

interface Answer {
  readonly same: boolean;
  readonly both: boolean;
  readonly changed: boolean;
  readonly untouched: boolean;
  readonly refused?: { readonly override: string; readonly why: string };
  readonly error?: string;
}

/**
 * Overrides random params files with random overrides, given as one text, by `dvc exp run -S` and as
 * a job does; `count` of each format. `split` takes the text apart, to see that a wrong one is found.
 */
export async function runOverrides(options: {
  readonly seed: number;
  readonly count: number;
  readonly split?: typeof splitOverrides;
}): Promise<OverridesResult> {
  const { seed, count, split = splitOverrides } = options;
  const result = { cases: 0, written: 0, changed: 0, refused: 0, notTaken: 0, faults: [] };
  const child = spawn(
    toolPath('python', { set: 'dvc' }),
    [`${repository}/test/rig/overrides/overrides_worker.py`],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, DVC_NO_ANALYTICS: '1' } },
  );
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    for (const make of Object.values(formats)) {
      for (let index = 0; index < count; index++) {
        const dice = new Dice(seed * 1_000_000 + index);
        const { file, text, paths } = make(dice);
        const overrides = randomOverrides(dice, file, paths);
        const shown = JSON.stringify({ overrides, text });
        if (!splitsAlike(split, joined(dice, overrides), overrides)) {
          note(result, `split otherwise: ${shown}`);
          continue;
        }
        child.stdin.write(`${JSON.stringify({ files: { [file]: text }, overrides })}\n`);
        const { value, done } = await answers.next();
        if (done) throw new Error(`the worker ended at ${shown}`);
        judge(result, JSON.parse(value) as Answer, overrides, shown);
      }
    }
    return result;
  } finally {
    child.stdin.end();
  }
}

/** Overrides that close nothing, or another's bracket, may be taken apart in any way: none is applied. */
function splitsAlike(
  split: typeof splitOverrides,
  text: string,
  overrides: readonly string[],
): boolean {
  const isOpen = overrides.some((one) => /=\[1$|\{$/.test(one));
  try {
    return isOpen || JSON.stringify(split(text)) === JSON.stringify(overrides);
  } catch (error) {
    if (error instanceof ExpectedFailure) return false;
    throw error;
  }
}

function judge(
  result: OverridesResult,
  { same, both, changed, untouched, refused, error }: Answer,
  overrides: readonly string[],
  shown: string,
): void {
  result.cases++;
  if (!untouched) note(result, `wrote before it was sure: ${shown}`);
  if (refused && !overrides.includes(refused.override)) note(result, `blames none: ${shown}`);
  if (both) {
    result.written++;
    if (changed) result.changed++;
    if (!same) note(result, `other bytes: ${shown}`);
  } else if (refused && error !== undefined) result.refused++;
  else if (refused?.why.startsWith('DVC would leave')) result.notTaken++;
  else note(result, `${refused ? `refused: ${refused.why}` : `DVC refuses: ${error}`}: ${shown}`);
}

function note({ faults }: OverridesResult, fault: string): void {
  faults.push(fault);
}
