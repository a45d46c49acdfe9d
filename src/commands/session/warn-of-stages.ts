import type { Pipeline } from '../../dvc/pipeline.ts';
import { ExpectedFailure, type Failure } from '../../errors.ts';
import { stageGates } from '../../report/read/result-files.ts';
import { commandFailures } from '../../stage/command/commands.ts';
import { configureStages } from '../../stage/options/options.ts';
import { placeText } from '../../terminal/failure-text.ts';

/**
 * Warns of what a run would refuse in the stages' declarations, the first of each kind: the commands
 * that only look work on without.
 */
export function warnOfStages(pipeline: Pipeline, report: (line: string) => void): void {
  const command = commandFailures(pipeline, pipeline.stages).next().value;
  if (command) report(`warning: ${placed(command)}; sibling doctor says what to write`);
  try {
    configureStages(pipeline.root, pipeline.stages).flatMap(stageGates);
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    report(`warning: ${placed(error.failure)}. ${error.failure.hint}`);
  }
}

function placed({ cause, place }: Failure): string {
  return place ? `${placeText(place)}: ${cause}` : cause;
}
