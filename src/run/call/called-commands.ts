import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { Project } from '../../project/project.ts';
import { type StageCommand, sameWords, stageCommands } from '../../stage/command/commands.ts';
import type { StageCall } from './call.ts';
import { callingDvc } from './calling-dvc.ts';
import { ListProgress } from './list-progress.ts';

/** What one call of `sibling stage` has to run. */
export interface CalledCommands {
  /** None where an earlier call of the same list has run them. */
  readonly commands: readonly StageCommand[];
  /** To be called when they have run; a list's later calls have nothing to do then. */
  readonly succeeded: () => Promise<void>;
  readonly failed: () => Promise<void>;
}

const nothing = async () => undefined;

/**
 * The commands that this call shall run. The runner calls once for a stage. DVC on a host calls for
 * each line of a cmd: the first call runs them all, for they are one stage, whose outs are looked at
 * once. A person may run any words. Throws 'configuration' for a cmd that `stageCommands` refuses.
 */
export async function calledCommands(
  project: Project,
  stage: Stage,
  words: StageCommand,
  { call, env }: { readonly call: StageCall | undefined; readonly env: NodeJS.ProcessEnv },
): Promise<CalledCommands> {
  if (call) {
    const isCmdList = typeof call.cmd !== 'string';
    const cmd = typeof call.cmd === 'string' ? [call.cmd] : call.cmd;
    const commands = stageCommands(project.root, { ...stage, cmd, isCmdList });
    return { commands, succeeded: nothing, failed: nothing };
  }
  if (!isCalledByDvc(stage, env)) return { commands: [words], succeeded: nothing, failed: nothing };
  const commands = stageCommands(project.root, stage);
  if (!commands.some((command) => sameWords(command, words))) throw otherWords(stage, words);
  if (commands.length === 1) return { commands, succeeded: nothing, failed: nothing };
  const progress = await ListProgress.open(project, stage, callingDvc(env), commands);
  if (await progress.isDone(words)) return { commands: [], succeeded: nothing, failed: nothing };
  if (!sameWords(commands[0] ?? [], words)) throw otherWords(stage, words);
  return {
    commands,
    succeeded: () => progress.begin(),
    failed: () => progress.forget(),
  };
}

/** DVC_STAGE has the stage's name, after that of its file as seen from where DVC was called. */
function isCalledByDvc({ name, address }: Stage, { DVC_STAGE: told }: NodeJS.ProcessEnv): boolean {
  return told === name || told === address || told?.endsWith(`dvc.yaml:${name}`) === true;
}

function otherWords(stage: Stage, words: StageCommand): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `DVC runs stage ${stage.name} with ${words.length > 0 ? words.join(' ') : 'no words'}, which is not what comes next in its cmd`,
    hint: 'Something stands between DVC and sibling stage, or dvc.yaml was changed meanwhile: run again.',
    place: { file: stage.file, line: stage.line },
  });
}
