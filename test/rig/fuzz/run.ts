import { ExpectedFailure } from '../../../src/errors.ts';
import { explainSystemError } from '../../../src/system/refusal.ts';
import { NotUnderstood } from '../../../src/text/not-understood.ts';
import { Dice } from '../differential/dice.ts';
import { garbledText } from '../reader-fuzz/garbled-text.ts';
import { FuzzedCommandLine } from './command-line.ts';
import { AnsweringEngine } from './engine-answers.ts';
import { misshapen } from './misshapen.ts';
import { readers } from './readers.ts';

export interface FuzzTally {
  inputs: number;
  refused: number;
  /** What nobody foresaw: its kind, how often, and the first input that shows it. */
  readonly faults: Map<string, { count: number; first: string }>;
  slowest: { milliseconds: number; input: string };
}

export interface FuzzSpan {
  readonly seed: number;
  readonly count: number;
}

type Attempt = (dice: Dice) => unknown;

/** Fuzzes what is read without a project: `only` limits it to readers with that in their name. */
export async function fuzzReaders(span: FuzzSpan, only = ''): Promise<FuzzTally> {
  const { all, end } = readers();
  const chosen = all.filter(({ name }) => name.includes(only));
  let told = '';
  try {
    return await tally(
      span,
      () => told,
      (dice) => {
        const reader = dice.pick(chosen);
        const bytes = garble(dice, reader.texts);
        told = `${reader.name}: ${JSON.stringify(bytes.toString())}`;
        return reader.read(bytes);
      },
      true,
    );
  } finally {
    end();
  }
}

/** Fuzzes the answers of an engine. */
export async function fuzzEngine(span: FuzzSpan): Promise<FuzzTally> {
  const engine = await AnsweringEngine.start();
  try {
    return await tally(
      span,
      () => engine.describe(),
      (dice) => engine.try(dice, (texts) => garble(dice, texts)),
    );
  } finally {
    engine.end();
  }
}

/** Fuzzes command lines in a project of garbled files. */
export async function fuzzCommands(span: FuzzSpan): Promise<FuzzTally> {
  const project = await FuzzedCommandLine.start();
  try {
    return await tally(
      span,
      () => project.describe(),
      (dice) => project.try(dice, (texts) => garble(dice, texts)),
    );
  } finally {
    project.end();
  }
}

/** A text with other characters in places, or of another shape; both, now and then. */
function garble(dice: Dice, texts: readonly string[]): Buffer {
  const shape = dice.chance(0.4) ? misshapen(dice, dice.pick(texts)) : undefined;
  if (shape === undefined) return garbledText(dice, texts);
  return dice.chance(0.1) ? garbledText(dice, [shape]) : Buffer.from(shape);
}

async function tally(
  { seed, count }: FuzzSpan,
  describe: () => string,
  attempt: Attempt,
  handsOver = false,
): Promise<FuzzTally> {
  const result: FuzzTally = {
    inputs: 0,
    refused: 0,
    faults: new Map(),
    slowest: { milliseconds: 0, input: '' },
  };
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    result.inputs++;
    try {
      // The same numbers make the same input again.
      await attempt(new Dice(seed * 1_000_003 + index));
    } catch (error) {
      // What is not understood is left to DVC by whoever reads a project; a command must not end so.
      const isLeft = handsOver && error instanceof NotUnderstood;
      if (isLeft || explainSystemError(error) instanceof ExpectedFailure) result.refused++;
      else note(result, error, `--seed ${seed} --from ${index}: ${describe()}`);
    }
    const milliseconds = performance.now() - begun;
    if (milliseconds > result.slowest.milliseconds) {
      result.slowest = { milliseconds, input: describe() };
    }
  }
  return result;
}

/** By where it was thrown: a kind is told once. */
function note({ faults }: FuzzTally, error: unknown, input: string): void {
  const { stack = String(error), message = '' } = Object(error) as Error;
  const where = /^\s+at .*\/src\/.*$/m.exec(stack)?.[0].trim() ?? stack.split('\n')[1] ?? '';
  const kind = `${message.split('\n')[0]?.slice(0, 160)} ${where}`;
  const known = faults.get(kind);
  if (known) known.count++;
  else faults.set(kind, { count: 1, first: `${input}\n${stack}` });
}
