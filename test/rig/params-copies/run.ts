import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { declaredParams } from '../../../src/stage/params-copy/declared-params.ts';
import { Dice } from '../differential/dice.ts';
import { repository } from '../repository.ts';
import { toolPath } from '../tools.ts';
import { randomJson } from './random-json.ts';
import { type RandomParams, randomKeys } from './random-params.ts';
import { randomPython } from './random-python.ts';
import { randomToml } from './random-toml.ts';
import { randomYaml } from './random-yaml.ts';

/** What came of the copies of one format. */
export interface CopiesResult {
  cases: number;
  /** Files that DVC itself reads. */
  read: number;
  /** Of these, given whole. */
  whole: number;
  /** Of these, cut, but with a value in it that is not declared. */
  withMore: number;
  readonly reasons: Map<string, number>;
  /** A value that is another one in the copy, or an undeclared one without a reason. */
  readonly faults: string[];
}

interface Comparison {
  readonly differences: readonly string[];
  readonly extra: readonly string[];
  readonly isRead: boolean;
}

/** What makes files of each format. */
export const formats: Readonly<Record<string, (dice: Dice) => RandomParams>> = {
  YAML: randomYaml,
  JSON: randomJson,
  TOML: randomToml,
  Python: randomPython,
};

/**
 * Makes random params files, cuts them to random keys and lets those programs that read params
 * (DVC, PyYAML, ruamel.yaml, json, tomllib, Python itself) compare each with its copy.
 */
export async function runParamsCopies(options: {
  readonly seed: number;
  /** Only this format. */
  readonly only?: string;
  /** Of each format. */
  readonly count: number;
  /** What makes the copies; to see that a wrong one is found out. */
  readonly copy?: typeof declaredParams;
  readonly onCase?: (cases: number) => void;
}): Promise<ReadonlyMap<string, CopiesResult>> {
  const { seed, count, copy = declaredParams, onCase } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sibling-params-copies-'));
  const worker = new Worker();
  const results = new Map<string, CopiesResult>();
  let cases = 0;
  try {
    for (const [kind, make] of Object.entries(formats)) {
      if (kind !== (options.only ?? kind)) continue;
      const result = newResult();
      results.set(kind, result);
      const pending: Promise<void>[] = [];
      for (let index = 0; index < count; index++) {
        const number = seed * 1_000_000 + index;
        pending.push(oneCase({ worker, folder, copy }, make, number, result));
        if (pending.length >= 32) await pending.shift();
        onCase?.(++cases);
      }
      await Promise.all(pending);
    }
    return results;
  } finally {
    worker.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function newResult(): CopiesResult {
  return { cases: 0, read: 0, whole: 0, withMore: 0, reasons: new Map(), faults: [] };
}

interface Surroundings {
  readonly worker: Worker;
  readonly folder: string;
  readonly copy: typeof declaredParams;
}

async function oneCase(
  { worker, folder, copy: makeCopy }: Surroundings,
  make: (dice: Dice) => RandomParams,
  number: number,
  result: CopiesResult,
): Promise<void> {
  const dice = new Dice(number);
  const { file, text, paths } = make(dice);
  const keys = randomKeys(dice, paths);
  writeFileSync(join(folder, file), text);
  const { content, note } = await makeCopy(folder, { path: file, keys }, 'stage');
  const copy = content.toString();
  const suffix = extname(file);
  const { differences, extra, isRead } = await worker.compare({
    suffix,
    original: text,
    copy,
    keys,
  });
  const shown = `${number} ${JSON.stringify({ keys, text, copy })}`;
  result.cases++;
  for (const each of differences) result.faults.push(`${each}: ${shown}`);
  if (!isRead) return;
  result.read++;
  const reason = /given whole to stage: (.*)/.exec(note ?? '')?.[1];
  if (reason !== undefined) {
    result.whole++;
    if (reason.startsWith('it could not be taken apart')) result.faults.push(`${reason}: ${shown}`);
    result.reasons.set(reason, (result.reasons.get(reason) ?? 0) + 1);
  } else if (extra.length > 0) {
    result.withMore++;
    const mayHave = note !== undefined || copy.includes('*');
    if (!mayHave) result.faults.push(`undeclared ${extra.join(', ')}: ${shown}`);
  }
}

/** One Python process that stays. */
class Worker {
  private readonly child = spawn(
    toolPath('python', { set: 'dvc' }),
    [join(repository, 'test/rig/params-copies/params_worker.py')],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, DVC_NO_ANALYTICS: '1' } },
  );
  private readonly waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] =
    [];

  constructor() {
    const lines = createInterface({ input: this.child.stdout });
    lines.on('line', (line) => this.waiting.shift()?.resolve(line));
    lines.on('close', () => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error('the worker ended'));
    });
  }

  async compare(question: Readonly<Record<string, unknown>>): Promise<Comparison> {
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(question)}\n`);
    });
    return JSON.parse(line) as Comparison;
  }

  end(): void {
    this.child.stdin.end();
  }
}
