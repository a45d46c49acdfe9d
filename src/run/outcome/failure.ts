import type { ExpectedFailure, Failure } from '../../errors.ts';
import type { StageProgress } from '../progress/progress.ts';
import { systemRefusal } from './system-refusal.ts';

/** A run that has come to its end. */
export interface EndedRun {
  /** DVC's exit code. */
  readonly code: number;
  readonly stages: readonly StageProgress[];
  /** The last lines that the run has printed. */
  readonly said: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Why a run is no success; undefined for one that is. A stage that failed makes it none, however DVC
 * ended.
 */
export function runFailure({ code, stages, said, signal }: EndedRun): Failure | undefined {
  if (code !== 0 && signal.aborted) return (signal.reason as ExpectedFailure).failure;
  const explained = stages.find(({ state, failure }) => state === 'failed' && failure)?.failure;
  if (explained) return explained;
  const failed = stages.find(({ state }) => state === 'failed');
  if (code === 0 && !failed) return undefined;
  const refusal = systemRefusal(said);
  if (refusal) {
    const who = failed ? `stage ${failed.stage} failed: DVC` : 'DVC';
    const { what, hint } = refusal;
    return { kind: 'dvc', cause: `${who} was refused ${what}`, hint };
  }
  return {
    kind: 'dvc',
    cause: failed
      ? `stage ${failed.stage} failed: DVC ended with exit code ${code}`
      : `DVC ended with exit code ${code}`,
    hint: 'sibling logs shows all it said.',
    details: said,
  };
}
