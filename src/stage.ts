import { posix } from 'node:path';
import { type Engine, engineSocket } from './container/engine.ts';
import { howItEnded } from './container/exit-code.ts';
import type { FilePlacement } from './container/files/placement.ts';
import { ownershipLabels } from './container/labels.ts';
import { LogTail, longestStageLine, type OutputLines } from './container/log-lines.ts';
import { type ContainerExit, runContainer } from './container/run-container.ts';
import { baseEnvironment, stageContainer } from './container/sandbox.ts';
import { declarationPatch, missingDeclarations } from './declaration-patch.ts';
import type { Stage } from './dvc/pipeline.ts';
import { ExpectedFailure, type Failure } from './errors.ts';
import { type Project, siblingFolder } from './project.ts';
import { type CollectedOut, collectOuts } from './scratch/collect-outs.ts';
import { prepareScratch } from './scratch/prepare-scratch.ts';
import { removeTree } from './scratch/remove-tree.ts';
import { workRoot } from './scratch/scratch.ts';
import type { StageOptions } from './stage-options.ts';

/** Everything around a stage that its declaration does not say. */
export interface StageSurroundings {
  readonly engine: Engine;
  readonly project: Project;
  /** Id of the run that this stage belongs to. */
  readonly run: string;
  readonly placement: FilePlacement;
  /** Where declared variables are looked up. */
  readonly env: NodeJS.ProcessEnv;
  /** Variables that Sibling itself gives the stage. */
  readonly context: Readonly<Record<string, string>>;
  /** The engine's network that stands for `meta.sibling.network`. */
  readonly network: string;
  readonly image: string;
  /** Replaces the image's own command. */
  readonly command?: readonly string[];
  /** Bytes for a stage that declares no limit. */
  readonly defaultMemory: number;
  readonly onOutput: (output: OutputLines) => void | Promise<void>;
  readonly onStarted: (container: string) => void;
  readonly signal?: AbortSignal;
}

export interface StageResult {
  readonly seconds: number;
  readonly outs: readonly CollectedOut[];
  readonly logTail: readonly string[];
  readonly failure?: Failure;
}

/** Lines of a failed stage's log that its error shows. */
const shownLines = 20;

/**
 * Runs one stage in its sandbox and moves its outs into the workspace. A stage that fails, for
 * whatever reason that is foreseen, is a result with a failure; nothing of it lands then.
 */
export async function runStage(
  stage: Stage,
  options: StageOptions,
  surroundings: StageSurroundings,
): Promise<StageResult> {
  const tail = new LogTail(shownLines);
  const begun = performance.now();
  const ended = (rest: Partial<StageResult>): StageResult => ({
    seconds: (performance.now() - begun) / 1000,
    outs: [],
    logTail: tail.lines,
    ...rest,
  });
  try {
    const env = declaredEnvironment(stage, options, surroundings.env);
    let attempt = await runOnce(stage, options, surroundings, env, tail);
    if (attempt.exit.engineLost && attempt.outs === undefined) {
      attempt = await runOnce(stage, options, surroundings, env, tail); // the engine's fault, not the stage's
    }
    if (attempt.outs) return ended({ outs: attempt.outs });
    return ended({ failure: exitFailure(stage, options, surroundings, attempt.exit, tail.lines) });
  } catch (error) {
    if (error instanceof ExpectedFailure) {
      const place = { file: stage.file, line: stage.line };
      return ended({ failure: { place, ...error.failure } });
    }
    if (surroundings.signal?.aborted)
      return ended({ failure: interrupted(stage, surroundings.signal) });
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path?.includes('/.sibling/scratch/')) {
      return ended({ failure: scratchRemoved(stage, path, tail.lines) });
    }
    if (code === 'ENOSPC') {
      return ended({ failure: diskFull(stage, surroundings.project.root, tail.lines) });
    }
    throw error;
  }
}

/** One try; `outs` is absent when the container did not end with success. */
async function runOnce(
  stage: Stage,
  options: StageOptions,
  surroundings: StageSurroundings,
  env: Readonly<Record<string, string>>,
  tail: LogTail,
): Promise<{ exit: ContainerExit; outs?: CollectedOut[] }> {
  const { project, run, placement } = surroundings;
  const safeName = stage.address.replace(/[^\w.-]/g, '-');
  const scratchFolder = await siblingFolder(project, 'scratch', `${run}-${safeName}`);
  try {
    const socket = engineSocket(surroundings.engine);
    const owner = { ...project, ...(socket !== undefined && { engineSocket: socket }) };
    const scratch = await prepareScratch(owner, stage, `${scratchFolder}/work`);
    const create = stageContainer({
      name: `sibling-${run}-${safeName}`,
      image: surroundings.image,
      ...(surroundings.command && { command: surroundings.command }),
      user: project.user,
      workingDirectory: posix.join(workRoot, stage.wdir),
      mounts: placement.mounts(scratch.files),
      env: { ...baseEnvironment, ...surroundings.context, ...env },
      network: surroundings.network,
      memory: options.memory ?? surroundings.defaultMemory,
      ...(options.cpus !== undefined && { cpus: options.cpus }),
      labels: ownershipLabels({ run, project: project.id, role: 'stage', stage: stage.address }),
    });
    const exit = await runContainer(surroundings.engine, create, {
      onOutput: async (output) => {
        tail.push(output.lines);
        await surroundings.onOutput(output);
      },
      beforeStart: async (container) => {
        await placement.bringIn(container, scratch.files, project.user);
        surroundings.onStarted(container.id);
      },
      afterExit: async (container, { code }) => {
        if (code === 0) await placement.takeOut(container, scratch.files);
      },
      longestLine: longestStageLine,
      ...(surroundings.signal && { signal: surroundings.signal }),
      ...(options.timeout !== undefined && { timeout: options.timeout }),
    });
    const succeeded = exit.code === 0 && !exit.timedOut && !exit.stopped;
    if (!succeeded) return { exit };
    return { exit, outs: await collectOuts(project, stage, scratch) };
  } finally {
    await removeTree(scratchFolder);
  }
}

/** The variables that the stage declares. Throws 'configuration' for one that must be set and is not. */
export function declaredEnvironment(
  stage: Stage,
  options: StageOptions,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, optional } of options.env) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
    else if (!optional) {
      throw new ExpectedFailure({
        kind: 'configuration',
        cause: `stage ${stage.name} declares the variable ${name}, which is not set`,
        hint: `Set it in .env or in the environment, or write ${name}? in meta.sibling.env if the stage can do without.`,
        place: { file: stage.file, line: stage.line },
      });
    }
  }
  return found;
}

/** Why a container's end is not a success, in the order in which one cause explains another. */
function exitFailure(
  stage: Stage,
  options: StageOptions,
  surroundings: StageSurroundings,
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
  if (log.some((line) => /no space left on device|ENOSPC|Errno 28/i.test(line))) {
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
    hint:
      patch.length > 0 ? patch.join('\n') : `Its last ${log.length} log lines are above. ${kept}`,
    place,
    details: log,
    exitCode: exit.code,
  };
}

function diskFull(stage: Stage, root: string, log: readonly string[]): Failure {
  return {
    kind: 'stage',
    cause: `stage ${stage.name} found no space left: it writes to ${root}/.sibling/scratch and, at most 1 GiB, to /tmp`,
    hint: `Free some space on the disk of ${root} (df -h shows it; sibling clean --images helps), then run again. Nothing of the stage was kept.`,
    place: { file: stage.file, line: stage.line },
    details: log,
  };
}

function scratchRemoved(stage: Stage, path: string, log: readonly string[]): Failure {
  return {
    kind: 'stage',
    cause: `stage ${stage.name} lost ${path}: somebody else removed it while the stage was at work`,
    hint: 'Run again, and leave .sibling/scratch to the runs that made it. dvc.lock names nothing of the stage.',
    place: { file: stage.file, line: stage.line },
    details: log,
  };
}

function interrupted(stage: Stage, signal: AbortSignal | undefined): Failure {
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
