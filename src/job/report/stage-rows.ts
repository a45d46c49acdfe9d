import { stageJobId } from '../../github/baton/stage-job-id.ts';
import type { NeededStage } from '../../github/baton/stage-results.ts';
import type { StageRow } from '../../report/report.ts';

/** What became of a stage, by its own results and by how its job ended. */
export function stageRow(address: string, needs: readonly NeededStage[]): StageRow {
  const job = needs.find(
    (need) => need.results?.stage === address || need.job === stageJobId(address),
  );
  const { results } = job ?? {};
  // A later step of the job may have failed or been cut off: what it found is not handed on whole then.
  if (results && results.outcome !== 'failed' && job && job.result !== 'success') {
    const ended = job.result === 'failure' ? 'failed' : `ended with ${job.result.slice(0, 100)}`;
    const reason = `its job ${ended} after the stage; the log tells why`;
    return { name: address, outcome: 'failed', reason };
  }
  if (results) {
    return {
      name: address,
      outcome: results.outcome,
      seconds: results.seconds,
      ...(results.image && { image: results.image.reference }),
      reason: results.reason,
    };
  }
  switch (job?.result) {
    case 'failure':
      return { name: address, outcome: 'failed', reason: 'its job failed; the log tells why' };
    case 'success':
      return { name: address, outcome: 'failed', reason: 'its job left no baton' };
    case 'cancelled':
      return { name: address, outcome: 'skipped', reason: 'its job was cancelled' };
    case undefined:
      return { name: address, outcome: 'skipped', reason: 'no job of it is among needs' };
    default:
      return { name: address, outcome: 'skipped', reason: 'a job before it did not end well' };
  }
}

/** What keeps the run from being whole: of a stage that did not run, nothing was compared. */
export function failureOf(rows: readonly StageRow[]): string | undefined {
  const named = (wanted: StageRow['outcome']) =>
    rows.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);
  const [failed, skipped] = [named('failed'), named('skipped')];
  if (failed.length > 0) return `${failed.join(', ')} failed`.slice(0, 2_000);
  return skipped.length > 0 ? `${skipped.join(', ')} did not run`.slice(0, 2_000) : undefined;
}
