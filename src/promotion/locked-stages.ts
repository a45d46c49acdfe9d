import { type LockedStage, lockFileOf, readLock } from '../dvc/lock/lock.ts';
import type { FileHash, Pipeline, Stage } from '../dvc/pipeline.ts';
import { hashAt } from '../dvc/status/stage-reasons.ts';
import { ExpectedFailure } from '../errors.ts';
import { NotUnderstood } from '../text/not-understood.ts';

/** What dvc.lock has of the stages of a pipeline; each file is read once. */
export interface LockedStages {
  /** The hash of an out as its stage left it; undefined for what was not made yet. */
  out(stage: Stage, path: string): FileHash;
  /** The hash of a dep as the stage last ran with it. */
  dep(stage: Stage, path: string): FileHash;
}

/**
 * Reads the dvc.lock files of a pipeline. Throws 'configuration' for one that cannot be read, and
 * for a pipeline of which only DVC knows all stages: gates that are not seen would not be asked.
 */
export function lockedStages({ root, stages, handovers }: Pipeline): LockedStages {
  const [unread] = handovers;
  if (unread) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `${unread.construct} is not read here, and there may be stages and gates behind it`,
      hint: 'Write it in a form that is read: docs/STALENESS.md. Nothing is promoted by a part of the gates.',
      ...(unread.place && { place: unread.place }),
    });
  }
  const files = new Map(
    [...new Set(stages.map(({ file }) => lockFileOf(file)))].map((file) => [
      file,
      read(root, file),
    ]),
  );
  const locked = (stage: Stage): LockedStage | undefined =>
    files.get(lockFileOf(stage.file))?.stages.get(stage.name);
  const at = (hashes: readonly FileHash[] | undefined, stage: Stage, path: string) =>
    hashAt(hashes, stage.written.get(path) ?? path, path);
  return {
    out: (stage, path) => at(locked(stage)?.outs, stage, path),
    dep: (stage, path) => at(locked(stage)?.deps, stage, path),
  };
}

function read(root: string, file: string) {
  try {
    return readLock(root, file);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `${file} has ${error.construct}, which only DVC reads`,
      hint: 'Run the pipeline with a current DVC: sibling run.',
      place: { file },
    });
  }
}
