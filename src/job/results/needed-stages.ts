import pLimit from 'p-limit';
import { ExpectedFailure } from '../../errors.ts';
import type { NeededJob } from '../../github/baton/baton.ts';
import {
  type NeededStage,
  readResults,
  type StageResults,
} from '../../github/baton/stage-results.ts';
import type { ResultsStore } from './store.ts';

/** Brings what the jobs' batons name. `store` is made only if there is something to bring. */
export async function bringResults(
  needs: readonly NeededJob[],
  store: () => ResultsStore,
): Promise<NeededStage[]> {
  if (!needs.some(({ baton }) => baton)) return needs.map(({ job, result }) => ({ job, result }));
  const from = store();
  const limit = pLimit(8);
  const bring = async ({ job, result, baton }: NeededJob): Promise<NeededStage> => {
    if (!baton) return { job, result };
    return { job, result, results: readResults(job, await from.fetch(job, baton.results)) };
  };
  return Promise.all(needs.map((need) => limit(() => bring(need))));
}

/** The results of the jobs before this one. Throws 'usage' for a job that left none, or failed. */
export function neededResults(needs: readonly NeededStage[]): StageResults[] {
  return needs.map(({ job, result, results }) => {
    if (results && results.outcome !== 'failed') return results;
    if (results) throw failedBefore(job, results);
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `job ${job} ended with ${result} and left no baton`,
      hint: `Give job ${job} the output baton of its run-stage step (outputs: baton: …).`,
    });
  });
}

function failedBefore(job: string, { stage, reason }: StageResults): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `job ${job} failed: stage ${stage}: ${reason}`,
    hint: 'Nothing can be made of its results; a job that needs it must not run after a failure.',
  });
}
