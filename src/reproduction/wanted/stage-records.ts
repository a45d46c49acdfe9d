import { lockFileOf, readLock } from '../../dvc/lock/lock.ts';
import type { FileHash, Pipeline, Stage } from '../../dvc/pipeline.ts';
import { readPipeline } from '../../dvc/read/pipeline.ts';
import { hashAt } from '../../dvc/status/stage-reasons.ts';
import { exactText, isList, isMap, type Value } from '../../dvc/value.ts';
import { ExpectedFailure } from '../../errors.ts';
import { NotUnderstood } from '../../text/not-understood.ts';

/** What dvc.lock has of one stage; paths are relative to the project root. */
export interface StageRecord {
  readonly stage: Stage;
  readonly deps: ReadonlyMap<string, FileHash>;
  readonly outs: ReadonlyMap<string, FileHash>;
  /** As JSON, by `file: key`. */
  readonly params: ReadonlyMap<string, string>;
}

/** An out that is the model. */
export interface ModelOut {
  readonly stage: Stage;
  readonly path: string;
}

/** What the dvc.lock files of a project have now, in pipeline order; without stages that never ran. */
export function readRecords(root: string, { stages }: Pipeline): StageRecord[] {
  return stages.flatMap((stage) => {
    const locked = readLock(root, lockFileOf(stage.file))?.stages.get(stage.name);
    if (!locked) return [];
    const recorded = (entries: readonly FileHash[], paths: readonly string[]) =>
      new Map(
        paths.map(
          (path) => [path, hashAt(entries, stage.written.get(path) ?? path, path)] as const,
        ),
      );
    const params = [...locked.params].flatMap(([file, values]) =>
      [...values].map(
        ([key, value]) => [`${file}: ${String(key)}`, exactText(wholeAsInt(value))] as const,
      ),
    );
    return [
      {
        stage,
        deps: recorded(locked.deps, stage.deps),
        outs: recorded(
          locked.outs,
          stage.outs.map(({ path }) => path),
        ),
        params: new Map(params),
      },
    ];
  });
}

/** To Python, and so to DVC, 1 and 1.0 are the same. */
function wholeAsInt(value: Value): Value {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (isList(value)) return value.map(wholeAsInt);
  if (!isMap(value)) return value;
  return new Map([...value].map(([key, child]) => [key, wholeAsInt(child)]));
}

/** As `readRecords`, of a project that may not be readable now: none then. */
export function readableRecords(root: string): StageRecord[] {
  try {
    return readRecords(root, readPipeline(root));
  } catch (error) {
    if (error instanceof ExpectedFailure || error instanceof NotUnderstood) return [];
    throw error;
  }
}

/** The out with that hash. */
export function outWithHash(records: readonly StageRecord[], md5: string): ModelOut | undefined {
  for (const { stage, outs } of records) {
    for (const [path, { hash }] of outs) if (hash === md5) return { stage, path };
  }
  return undefined;
}
