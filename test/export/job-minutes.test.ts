import { expect, test } from '@jest/globals';
import type { Pipeline, Stage } from '../../src/dvc/pipeline.ts';
import { githubWorkflow } from '../../src/export/github-workflow.ts';

const minutes = 60_000;

test('a job is not ended before its stage may be, and without a timeout by GitHub alone', () => {
  const timeouts = new Map([
    ['short', 30_000],
    ['long', 300.5 * minutes],
    ['days', 3 * 24 * 60 * minutes],
  ]);
  const stages = [...timeouts.keys(), 'any'].map((address) => ({ address }) as Stage);
  const pipeline = { stages, upstream: new Map() } as Partial<Pipeline> as Pipeline;
  const text = githubWorkflow(pipeline, { actions: './actions', branch: 'main', timeouts });
  const found = [
    ...text.matchAll(/^ {2}([\w-]+):\n {4}name: .*\n(?: {4}.*\n)*? {4}timeout-minutes: (\d+)$/gm),
  ];
  const byJob = Object.fromEntries(found.map(([, job = '', limit]) => [job, Number(limit)]));
  expect(byJob).toMatchObject({ short: 61, long: 361, days: 4380, any: 360 });
});
