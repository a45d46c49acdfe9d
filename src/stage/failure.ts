import { howItEnded } from '../container/exit-code.ts';
import type { ContainerExit } from '../container/run.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure, type Failure } from '../errors.ts';
import { declarationPatch, missingDeclarations } from './declaration-patch.ts';
import type { StageOptions } from './options/options.ts';

/** What of a stage's surroundings its failure may be about. */
interface FailureSurroundings {
  readonly project: { readonly root: string };
  readonly env: NodeJS.ProcessEnv;
  readonly defaultMemory: number;
  readonly signal?: AbortSignal;
}

/** Why a container's end is not a success, in the order in which one cause explains another. */
export function exitFailure(
  stage: Stage,
  options: StageOptions,
  surroundings: FailureSurroundings,
  exit: ContainerExit,
  log: readonly string[],
): Failure {
  const place = { file: stage.file, line: stage.line };
  const kept = 'Nothing of it was kept.';
  if (exit.stopped) return interrupted(stage, surroundings.signal);
  if (exit.timedOut) {
    return {
      kind: 'stage',
      cause: `stage ${stage.name} ran longer than its timeout of ${(options.timeout ?? 0) / 1000} s and was stopped`,
      hint: `Raise meta.sibling.timeout of the stage if it needs longer. ${kept}`,
      place,
      details: log,
    };
  }
  if (exit.oomKilled) {
    const limit = options.memory ?? surroundings.defaultMemory;
    return {
      kind: 'stage',
      cause: `stage ${stage.name} was killed because it needed more than its ${mebibytes(limit)} MiB of memory`,
      hint: `Raise meta.sibling.memory of the stage (for example memory: ${mebibytes(limit) * 2}m), or let it use less. ${kept}`,
      place,
      details: log,
      exitCode: exit.code,
    };
  }
  if (exit.engineLost) {
    return {
      kind: 'engine',
      cause: `the container engine stopped twice while stage ${stage.name} ran`,
      hint: `Look at the engine (journalctl -u docker), then run again. ${kept}`,
      place,
      details: log,
    };
  }
  if (exit.code === 127 && log.some((line) => /^\[FATAL tini \(\d+\)\] exec /.test(line))) {
    return {
      kind: 'image',
      cause: `the image of stage ${stage.name} has no such command as it is to run`,
      hint: 'Look at ENTRYPOINT and CMD in its Dockerfile, or at the words after -- in cmd.',
      place,
      details: log,
    };
  }
  // The end of what it said: before, it may have coped with it.
  const last = log.filter((line) => line.trim() !== '').slice(-5);
  if (last.some((line) => /no space left on device|ENOSPC|Errno 28/i.test(line))) {
    return { ...diskFull(stage, surroundings.project.root, log), exitCode: exit.code };
  }
  const declared = options.env.map((declaration) => declaration.name);
  const missing = missingDeclarations(
    surroundings.project.root,
    stage,
    log,
    surroundings.env,
    declared,
  );
  const patch = declarationPatch(stage, missing);
  return {
    kind: 'stage',
    cause: `stage ${stage.name} ${howItEnded(exit.code)}`,
    hint: patch.length > 0 ? patch.join('\n') : `${aboutLog(log)} ${kept}`,
    place,
    details: log,
    exitCode: exit.code,
  };
}

function aboutLog(log: readonly string[]): string {
  if (log.length === 0) return 'It printed nothing.';
  return log.length === 1
    ? 'What it printed is above.'
    : `Its last ${log.length} log lines are above.`;
}

/** The stage, or Sibling on its behalf, could not write any more. */
export function diskFull(stage: Stage, root: string, log: readonly string[]): Failure {
  return {
    kind: 'stage',
    cause: `stage ${stage.name} found no space left: it writes to ${root}/.sibling/scratch and, at most 1 GiB, to /tmp`,
    hint: `Free some space on the disk of ${root} (df -h shows it; sibling clean --images helps), then run again. Nothing of the stage was kept.`,
    place: { file: stage.file, line: stage.line },
    details: log,
  };
}

/** A file of the stage's is gone that nobody but this run should touch. */
export function scratchRemoved(stage: Stage, path: string, log: readonly string[]): Failure {
  return {
    kind: 'stage',
    cause: `stage ${stage.name} lost ${path}: somebody else removed it while the stage was at work`,
    hint: 'Run again, and leave .sibling/scratch to the runs that made it. dvc.lock names nothing of the stage.',
    place: { file: stage.file, line: stage.line },
    details: log,
  };
}

/** The run was stopped; `signal`'s reason says by what. */
export function interrupted(stage: Stage, signal: AbortSignal | undefined): Failure {
  const reason: unknown = signal?.reason;
  return {
    ...(reason instanceof ExpectedFailure && reason.failure),
    kind: 'interrupted',
    cause: `stage ${stage.name} was stopped`,
    hint: 'Nothing of it was kept: run again to start it anew.',
  };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}
