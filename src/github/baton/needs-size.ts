import { type Baton, writeBaton } from './baton.ts';

/** Bytes that `needs` may have: Linux takes 131,072 in one variable (MAX_ARG_STRLEN), name and end included. */
export const longestNeeds = 131_072 - 'INPUT_NEEDS='.length - 1;

/** A baton that is as long as they come. */
const longest: Baton = {
  ...{ version: 2, outcome: 'unchanged', startedAt: '2026-01-01T00:00:00Z', seconds: 359_999.9 },
  results: 'f'.repeat(64),
};

/** Bytes that `toJSON(needs)` of these stage jobs has at most: the runner indents it by two. */
export function needsSize(jobs: readonly string[]): number {
  const need = { result: 'cancelled', outputs: { baton: writeBaton(longest) } };
  const needs = Object.fromEntries(jobs.map((job) => [job, need]));
  return Buffer.byteLength(JSON.stringify(needs, null, 2));
}
