import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBaton } from '../../src/github/baton/baton.ts';
import {
  readResults,
  type StageResults,
  writeResults,
} from '../../src/github/baton/stage-results.ts';
import { resultsFolder } from '../../src/job/results/store.ts';

/** What a job of `train` found, changed as asked for. */
export function stageResults(change: Partial<StageResults> = {}): StageResults {
  return {
    ...{ version: 2, stage: 'train', outcome: 'ran', reason: 'new', seconds: 3 },
    ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:03.000Z' },
    ...{ outs: [], uncached: [] },
    ...change,
  };
}

/** Leaves a job's results in the folder that jobs share, and gives the job's baton. */
export function leaveResults(remote: string, results: StageResults): string {
  const text = writeResults(results);
  const hash = createHash('sha256').update(text).digest('hex');
  const folder = join(remote, resultsFolder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${hash}.json`), text);
  const { outcome, startedAt, seconds } = results;
  return writeBaton({ version: 2, outcome, startedAt, seconds, results: hash });
}

/** What the job with that baton left in the folder that jobs share. */
export function resultsOf(remote: string, baton: string | undefined): StageResults {
  const { results } = JSON.parse(baton ?? '{}');
  const path = join(remote, resultsFolder, `${results}.json`);
  return readResults('the test’s', readFileSync(path, 'utf8'));
}
