import { posix } from 'node:path';
import { type Engine, engineSocket } from '../container/engine.ts';
import type { FilePlacement } from '../container/files/placement.ts';
import type { ImageId } from '../container/identity/found-image.ts';
import { ownershipLabels } from '../container/labels.ts';
import { LogTail, longestStageLine, type OutputLines } from '../container/log-lines.ts';
import { type ContainerExit, runContainer } from '../container/run.ts';
import { baseEnvironment, stageContainer } from '../container/sandbox.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure, type Failure } from '../errors.ts';
import { workRoot } from '../outside/stage-place.ts';
import { withStandIns } from '../outside/stand-in.ts';
import { type Project, siblingFolder } from '../project/project.ts';
import { explainSystemError } from '../system/refusal.ts';
import { removeTree } from '../system/remove-tree.ts';
import { distinctName } from '../text/distinct-name.ts';
import type { StageCommand } from './command/commands.ts';
import { diskFull, exitFailure, interrupted, scratchRemoved } from './failure.ts';
import { declaredEnvironment } from './options/environment.ts';
import type { StageOptions } from './options/options.ts';
import { type CollectedOut, collectOuts } from './scratch/collect-outs.ts';
import { contextVariable, placeContext } from './scratch/context-file.ts';
import { prepareScratch } from './scratch/prepare.ts';
import { refuseStandIns } from './stand-ins/refuse.ts';
import { refuseTrackedOuts } from './tracked-outs.ts';

/** Everything around a stage that its declaration does not say. */
export interface StageSurroundings {
  readonly engine: Engine;
  readonly project: Project;
  /** Id of the run that this stage belongs to. */
  readonly run: string;
  readonly placement: FilePlacement;
  /** Where declared variables are looked up. */
  readonly env: NodeJS.ProcessEnv;
  /** Variables that Sibling itself gives the stage, none of which grows with it. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the stage is told of itself and its run, in a file. */
  readonly context: Readonly<Record<string, unknown>>;
  /** The engine's network that stands for `meta.sibling.network`. */
  readonly network: string;
  readonly image: ImageId;
  /** Run one after the other until one fails; each replaces the image's own command, unless empty. */
  readonly commands: readonly StageCommand[];
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
    await refuseStandIns(surroundings.project.root, [stage]);
    await refuseTrackedOuts(surroundings.project.root, [stage]);
    const env = declaredEnvironment(stage, options, surroundings.env);
    let attempt = await runOnce(stage, options, surroundings, env, tail);
    if (attempt.exit.engineLost && attempt.outs === undefined) {
      attempt = await runOnce(stage, options, surroundings, env, tail); // the engine's fault, not the stage's
    }
    if (attempt.outs) return ended({ outs: attempt.outs });
    return ended({ failure: exitFailure(stage, options, surroundings, attempt.exit, tail.lines) });
  } catch (error) {
    const place = { file: stage.file, line: stage.line };
    if (error instanceof ExpectedFailure) return ended({ failure: { place, ...error.failure } });
    if (surroundings.signal?.aborted)
      return ended({ failure: interrupted(stage, surroundings.signal) });
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path?.includes('/.sibling/scratch/')) {
      return ended({ failure: scratchRemoved(stage, path, tail.lines) });
    }
    if (code === 'ENOSPC') {
      return ended({ failure: diskFull(stage, surroundings.project.root, tail.lines) });
    }
    // What the system refused once the container has run: its time and its log are worth telling.
    const explained = explainSystemError(error);
    if (!(explained instanceof ExpectedFailure)) throw error;
    const details = tail.lines.length > 0 && { details: tail.lines };
    return ended({ failure: { place, ...details, ...explained.failure } });
  }
}

/**
 * One try: each command in a container of its own over the same scratch folder, whose outs are
 * looked at once, at the end. `outs` is absent when a container did not end with success. Of /tmp a
 * command has nothing that the one before it left.
 */
async function runOnce(
  stage: Stage,
  options: StageOptions,
  surroundings: StageSurroundings,
  env: Readonly<Record<string, string>>,
  tail: LogTail,
): Promise<{ exit: ContainerExit; outs?: CollectedOut[] }> {
  const { project, run, placement } = surroundings;
  const safeName = distinctName(stage.address);
  const scratchFolder = await siblingFolder(project, 'scratch', `${run}-${safeName}`);
  try {
    const socket = engineSocket(surroundings.engine);
    const owner = { ...project, ...(socket !== undefined && { engineSocket: socket }) };
    const scratch = await prepareScratch(owner, stage, `${scratchFolder}/work`);
    if (scratch.notes.length > 0) {
      await surroundings.onOutput({ stream: 'stderr', lines: [...scratch.notes] });
    }
    const context = await placeContext(project, surroundings.context, `${scratchFolder}/context`);
    const files = await withStandIns(
      placement,
      [...scratch.files, context],
      `${scratchFolder}/copies`,
    );
    const create = (command: StageCommand) =>
      stageContainer({
        name: `sibling-${run}-${safeName}`,
        image: surroundings.image,
        ...(command.length > 0 && { command }),
        user: project.user,
        workingDirectory: posix.join(workRoot, stage.wdir),
        mounts: placement.mounts(files),
        env: { ...baseEnvironment, ...contextVariable, ...surroundings.variables, ...env },
        network: surroundings.network,
        memory: options.memory ?? surroundings.defaultMemory,
        ...(options.cpus !== undefined && { cpus: options.cpus }),
        labels: ownershipLabels({ run, project: project.id, role: 'stage', stage: stage.address }),
      });
    const begun = performance.now();
    let exit: ContainerExit | undefined;
    for (const command of surroundings.commands) {
      const timeLeft =
        options.timeout === undefined ? undefined : options.timeout - (performance.now() - begun);
      exit = await runContainer(surroundings.engine, create(command), {
        onOutput: async (output) => {
          tail.push(output.lines);
          await surroundings.onOutput(output);
        },
        beforeStart: async (container) => {
          await placement.bringIn(container, files, project.user);
          surroundings.onStarted(container.id);
        },
        afterExit: async (container, { code }) => {
          if (code === 0) await placement.takeOut(container, files);
        },
        longestLine: longestStageLine,
        ...(surroundings.signal && { signal: surroundings.signal }),
        ...(timeLeft !== undefined && { timeout: Math.max(1, timeLeft) }),
      });
      const succeeded = exit.code === 0 && !exit.timedOut && !exit.stopped;
      if (!succeeded) return { exit };
    }
    if (!exit) throw new Error(`stage ${stage.address} has no command`);
    return { exit, outs: await collectOuts(project, stage, scratch) };
  } finally {
    await removeTree(scratchFolder);
  }
}
