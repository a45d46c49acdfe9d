import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { type StageCommand, stageCommands } from './commands.ts';
import { commandLines } from './lines.ts';

/**
 * A line for a person who calls a stage without the words that its cmd has: the image's own command
 * runs then, which is seldom meant. Undefined where nothing is left out, or the cmd is none.
 */
export function wordsLeftOut(root: string, stage: Stage, words: StageCommand): string | undefined {
  if (words.length > 0 || !declaresWords(root, stage)) return undefined;
  const line = commandLines(stage).find((each) => /\s--\s/.test(each)) ?? '';
  return `Without words after -- the image's own command runs; dvc.yaml has: ${line.trim()}`;
}

function declaresWords(root: string, stage: Stage): boolean {
  try {
    const commands = stageCommands(root, stage);
    return commands.every((command) => command.length > 0) && commands.length > 0;
  } catch (error) {
    if (error instanceof ExpectedFailure) return false; // a person may run it all the same
    throw error;
  }
}
