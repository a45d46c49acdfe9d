import { writeBaton } from '../github/baton.ts';
import { writeResults } from '../github/stage-results.ts';
import type { ResultsStore } from './results-store.ts';
import type { StageJob } from './stage-job.ts';

/**
 * Leaves what a job found where the jobs after it find it, and gives the baton that says what it is.
 * A failure of the stage itself goes before one to leave its results.
 */
export async function handOn({ results, failure }: StageJob, store: ResultsStore): Promise<string> {
  const { outcome, startedAt, seconds } = results;
  try {
    const hash = await store.keep(writeResults(results));
    // Milliseconds and tenths are in the results themselves.
    const begun = `${startedAt.slice(0, 19)}Z`;
    const whole = Math.round(seconds * 10) / 10;
    return writeBaton({ version: 2, outcome, startedAt: begun, seconds: whole, results: hash });
  } catch (error) {
    throw failure ?? error;
  }
}
