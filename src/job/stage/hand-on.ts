import { ExpectedFailure } from '../../errors.ts';
import { writeBaton } from '../../github/baton/baton.ts';
import { type StageResults, writeResults } from '../../github/baton/stage-results.ts';
import { holdsSecret } from '../../secrets/known.ts';
import type { ResultsStore } from '../results/store.ts';
import type { StageJob } from './job.ts';

/**
 * Leaves what a job found where the jobs after it find it, and gives the baton that says what it is.
 * A failure of the stage itself goes before one to leave its results.
 */
export async function handOn({ results, failure }: StageJob, store: ResultsStore): Promise<string> {
  const { outcome, startedAt, seconds } = results;
  try {
    refuseSecrets(results);
    const hash = await store.keep(writeResults(results));
    // Milliseconds and tenths are in the results themselves.
    const begun = `${startedAt.slice(0, 19)}Z`;
    const whole = Math.round(seconds * 10) / 10;
    return writeBaton({ version: 2, outcome, startedAt: begun, seconds: whole, results: hash });
  } catch (error) {
    throw failure ?? error;
  }
}

/**
 * Other jobs' logs, the report and whoever may read the run's artifacts would show it; taken out, the
 * file would not be what dvc.lock says. Throws 'stage' naming the first file.
 */
function refuseSecrets({ stage, uncached, shown = {}, lock, overridden }: StageResults): void {
  const texts = [
    ...uncached.map(({ path, ...content }) => [path, JSON.stringify(content)] as const),
    ...Object.entries(shown),
    ...(lock ? [[lock.file, lock.entry] as const] : []),
    ...(overridden?.files ?? []).map(({ path, text }) => [path, text] as const),
  ];
  const found = texts.find(([, text]) => holdsSecret(text));
  if (!found) return;
  throw new ExpectedFailure({
    kind: 'stage',
    cause: `${found[0]} of stage ${stage} holds the value of a secret, and would be handed on to other jobs with it`,
    hint: 'Nothing was handed on. Let the stage write no variable or credential into its outs, metrics and plots.',
    place: { file: found[0] },
  });
}
