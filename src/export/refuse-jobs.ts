import { ExpectedFailure } from '../errors.ts';
import { longestNeeds, needsSize } from '../github/baton/needs-size.ts';

/** Throws 'configuration' for two jobs of the same id; GitHub's expressions know no case. */
export function refuseSameIds(jobs: readonly { address: string; id: string }[]): void {
  const seen = new Map<string, string>([
    ['commit', 'the job that commits'],
    ['report', 'the job that reports'],
  ]);
  for (const { address, id } of jobs) {
    const other = seen.get(id.toLowerCase());
    if (other !== undefined) {
      throw new ExpectedFailure({
        kind: 'configuration',
        cause: `stage ${address} and ${other} would both be the job ${id}`,
        hint: 'Rename the stage: job ids have letters, digits, - and _ only.',
        place: { file: 'dvc.yaml' },
      });
    }
    seen.set(id.toLowerCase(), `stage ${address}`);
  }
}

/**
 * Throws 'configuration' for more jobs than a workflow can have: the report needs all of them, and is
 * handed what they say in one variable.
 */
export function refuseTooMany(ids: readonly string[]): void {
  const size = needsSize(ids);
  if (size <= longestNeeds) return;
  const most = Math.floor((ids.length * longestNeeds) / size);
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${ids.length} stages are too many for one workflow: the report would be handed ${size} bytes of batons, and Linux takes ${longestNeeds} in one variable`,
    hint: `With names as long as these ${most} stages fit. Let one stage do the work of several, such as of a foreach's items, or give parts of the pipeline a repository of their own.`,
    place: { file: 'dvc.yaml' },
  });
}
