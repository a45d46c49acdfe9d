import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ExpectedFailure } from '../../../src/errors.ts';
import { errorBehind } from '../../../src/system/interruption.ts';
import { explainSystemError } from '../../../src/system/refusal.ts';
import { errorText } from '../../../src/terminal/failure-text.ts';
import { style } from '../../../src/terminal/style.ts';
import { Dice } from '../differential/dice.ts';
import { addressParts, wellBehaved } from './behaviour.ts';
import { startOddServer } from './odd-server.ts';
import { makePlace, type OddPlace } from './place.ts';
import { scenarios } from './scenarios.ts';

export interface OddTally {
  readonly tries: number;
  /** Tries that ended with a failure in words. */
  readonly refused: number;
  /** What must not be: its kind, how often, and the first try that shows it. */
  readonly faults: ReadonlyMap<string, { count: number; first: string }>;
  /** Milliseconds. */
  readonly slowest: { milliseconds: number; told: string };
}

export interface OddSpan {
  readonly seed: number;
  readonly count: number;
  /** The number of the first try. */
  readonly from?: number;
  readonly only?: string;
  /** Tries at the same time: most of a try is waiting. */
  readonly atOnce?: number;
}

/** Milliseconds that anything may take, whatever a server answers. */
const longest = 60_000;

/** Words that no person wrote: of an error that nobody foresaw, or of a value that is none. */
const unforeseen =
  /unexpected error|\b(?:Type|Range|Reference|Syntax)Error\b|^\s+at .*[(:]|Cannot (?:read|set|convert)|is not (?:a function|iterable|valid JSON|defined)|Unexpected (?:token|end)|\bundefined\b|\bNaN\b|\[object /m;

/** What a parser or a schema says is the end of a sentence of ours. */
const inWords = /is not JSON: .*|but received undefined/g;

/** Gives each scenario answers that are odd, and says what came of it. */
export async function tryOddAnswers({
  seed,
  count,
  from = 0,
  only = '',
  atOnce = 24,
}: OddSpan): Promise<OddTally> {
  const place = makePlace();
  const names = Object.keys(scenarios).filter((name) => name.includes(only));
  const faults = new Map<string, { count: number; first: string }>();
  const tally = { tries: 0, refused: 0, slowest: { milliseconds: 0, told: '' } };
  const capture = capturing(place);
  const limit = pLimit(atOnce);
  const one = async (index: number) => {
    const dice = new Dice(seed * 1_000_003 + index);
    const name = dice.pick(names);
    const found = await tryOnce(place, capture, dice, name);
    tally.tries++;
    if (found.refused) tally.refused++;
    const told = `--seed ${seed} --from ${index} --count 1 (${name}): ${found.told}`;
    if (found.milliseconds > tally.slowest.milliseconds) {
      tally.slowest = { milliseconds: found.milliseconds, told };
    }
    for (const fault of found.faults) {
      const known = faults.get(fault.kind);
      if (known) known.count++;
      else faults.set(fault.kind, { count: 1, first: `${told}\n${fault.text}` });
    }
  };
  try {
    const indices = Array.from({ length: count }, (_, index) => from + index);
    await Promise.all(indices.map((index) => limit(() => one(index))));
  } finally {
    capture.end();
    place.end();
  }
  return { ...tally, faults };
}

async function tryOnce(place: OddPlace, capture: Capture, dice: Dice, name: string) {
  const world = place.world(dice);
  const notes: string[] = [];
  let url = '';
  const seed = dice.int(0, 2 ** 31 - 1);
  const server = await startOddServer(
    seed,
    wellBehaved(world, () => url),
    addressParts,
    place.fields,
  );
  url = server.url;
  const begun = performance.now();
  const faults: { kind: string; text: string }[] = [];
  let isRefused = false;
  const log = await capture.run(async () => {
    const attempt = { dice, url, place, note: (what: string) => void notes.push(what) };
    try {
      await scenarios[name]?.(attempt);
    } catch (thrown) {
      const error = explainSystemError(errorBehind(thrown));
      isRefused = error instanceof ExpectedFailure;
      process.stdout.write(`${errorText(error, style(false))}\n`);
    }
  });
  const milliseconds = performance.now() - begun;
  const told = [...notes, server.told()]
    .filter((part) => part !== '')
    .join('; ')
    .slice(0, 1_500);
  await server.stop();
  const word = unforeseen.exec(log.replaceAll(inWords, ''))?.[0];
  if (word !== undefined) {
    const where = /^\s+at .*\/(?:src|actions)\/.*$/m.exec(log)?.[0].trim() ?? '';
    const line = log.split('\n').find((each) => each.includes(word.trim())) ?? '';
    faults.push({ kind: `${name}: ${line.slice(0, 120)} ${where}`, text: log.slice(0, 3_000) });
  }
  if (milliseconds > longest) faults.push({ kind: `${name}: too slow`, text: log.slice(0, 2_000) });
  if (world.made > 1)
    faults.push({ kind: `${name}: ${world.made} comments`, text: log.slice(0, 2_000) });
  return { faults, told, milliseconds, refused: isRefused };
}

interface Capture {
  /** What something prints, apart from what all others print meanwhile. */
  run(act: () => Promise<void>): Promise<string>;
  end(): void;
}

/** Takes what is printed, and gives the actions a place for their outputs and summaries. */
function capturing({ folder }: OddPlace): Capture {
  const storage = new AsyncLocalStorage<string[]>();
  const streams = [process.stdout, process.stderr];
  const before = streams.map(({ write }) => write);
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: unknown[]) => {
      const kept = storage.getStore();
      if (kept === undefined) return write(chunk, ...rest);
      kept.push(String(chunk));
      return true;
    }) as typeof stream.write;
  }
  const { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = process.env;
  const summary = join(folder, 'summary');
  writeFileSync(summary, '');
  appendFileSync(join(folder, 'output'), '');
  Object.assign(process.env, {
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: join(folder, 'output'),
  });
  return {
    async run(act) {
      const kept: string[] = [];
      await storage.run(kept, act);
      return kept.join('');
    },
    end() {
      for (const [index, stream] of streams.entries()) {
        const write = before[index];
        if (write) stream.write = write;
      }
      for (const [name, value] of Object.entries({ GITHUB_STEP_SUMMARY, GITHUB_OUTPUT })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}
