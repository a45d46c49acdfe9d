import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { pipelineStatus } from '../../../src/dvc/status/pipeline-status.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import { Dice } from '../differential/dice.ts';
import { exampleProjects } from '../differential/example-projects.ts';
import { randomProject } from '../differential/random-project.ts';
import { garbledText } from './garbled-text.ts';

export interface FuzzResult {
  inputs: number;
  /** Inputs that were read, of which something was left to DVC in so many. */
  read: number;
  handedOver: number;
  /** Inputs that were refused with the place of what is wrong. */
  refused: number;
  /** The longest that one input took. */
  slowest: { milliseconds: number; input: string };
  /** Errors that nobody foresaw, and refusals that do not say where; each with its input. */
  readonly faults: string[];
}

type ReadFile = 'dvc.yaml' | 'dvc.lock';

/** A project in a scratch folder whose dvc.yaml or dvc.lock is replaced for each reading. */
export class FuzzedProject {
  readonly result: FuzzResult = {
    inputs: 0,
    read: 0,
    handedOver: 0,
    refused: 0,
    slowest: { milliseconds: 0, input: '' },
    faults: [],
  };
  private readonly root = mkdtempSync(join(tmpdir(), 'sibling-fuzz-'));
  private readonly files: Readonly<Record<string, string>>;

  constructor(files: Readonly<Record<string, string>>) {
    this.files = files;
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  /** Reads the project with `bytes` as that file, as `sibling status` does; `input` names it. */
  async read(file: ReadFile, bytes: Buffer | string, input: string): Promise<void> {
    const { result } = this;
    this.write(file, bytes);
    result.inputs++;
    const startedAt = performance.now();
    try {
      const pipeline = readPipeline(this.root, noConfig);
      const status = await pipelineStatus(pipeline, {
        hashCache: join(this.root, '../sibling-fuzz-hashes'),
        env: noConfig,
      });
      result.read++;
      const isLeft = status.handovers.length > 0;
      if (isLeft || status.stages.some(({ state }) => state === 'ask-dvc')) result.handedOver++;
    } catch (error) {
      if (isLocated(error)) result.refused++;
      else result.faults.push(`${input}: ${(error as Error).stack ?? error}`);
    }
    const milliseconds = performance.now() - startedAt;
    if (milliseconds > result.slowest.milliseconds) result.slowest = { milliseconds, input };
    this.write(file, this.files[file] ?? '');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private write(path: string, bytes: Buffer | string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), bytes);
  }
}

const noConfig = { DVC_GLOBAL_CONFIG_DIR: '/nonexistent', DVC_SYSTEM_CONFIG_DIR: '/nonexistent' };

/** A file that is not text has no line to point at. */
function isLocated(error: unknown): boolean {
  if (!(error instanceof ExpectedFailure)) return false;
  const { kind, place, cause } = error.failure;
  return kind === 'configuration' && (place?.line !== undefined || /not UTF-8/.test(cause));
}

/** Reads `count` garbled texts; each is `garbled(seed, index)`, so that one can be made again. */
export async function fuzzReader(options: {
  readonly seed: number;
  readonly count: number;
  readonly onInput?: (result: FuzzResult) => void;
}): Promise<FuzzResult> {
  const project = new FuzzedProject(baseFiles());
  try {
    for (let index = 0; index < options.count; index++) {
      const { file, bytes } = garbled(options.seed, index);
      await project.read(file, bytes, `seed ${options.seed}, input ${index}`);
      options.onInput?.(project.result);
    }
    return project.result;
  } finally {
    project.remove();
  }
}

/** The input of that index: half of them are locks. */
export function garbled(seed: number, index: number): { file: ReadFile; bytes: Buffer } {
  const dice = new Dice(seed * 1_000_003 + index);
  const file = dice.chance(0.6) ? 'dvc.yaml' : 'dvc.lock';
  return { file, bytes: garbledText(dice, file === 'dvc.yaml' ? pipelines : locks) };
}

function textsOf(file: ReadFile): string[] {
  return exampleProjects.flatMap(({ files }) => {
    const text = files[file];
    return text === undefined ? [] : [text];
  });
}

const pipelines = [
  ...textsOf('dvc.yaml'),
  ...Array.from({ length: 40 }, (_, seed) => randomProject(new Dice(seed))).flatMap(
    ({ pipelines: files, style }) =>
      Object.values(files).map((file) =>
        style === 'yaml' ? dump(file) : JSON.stringify(file, null, 2),
      ),
  ),
];
const locks = textsOf('dvc.lock');

/** The files of the first example, so that a garbled lock meets the stages that it belongs to. */
function baseFiles(): Readonly<Record<string, string>> {
  const [first] = exampleProjects;
  if (first === undefined) throw new Error('there is no example project');
  return first.files;
}
