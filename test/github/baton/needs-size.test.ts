import { describe, expect, test } from '@jest/globals';
import type { Pipeline, Stage } from '../../../src/dvc/pipeline.ts';
import { githubWorkflow } from '../../../src/export/github-workflow.ts';
import { longestNeeds, needsSize } from '../../../src/github/baton/needs-size.ts';

const ids = (count: number) =>
  Array.from({ length: count }, (_, at) => `preprocess-${String(at).padStart(3, '0')}`);

/** A chain: each stage reads what the one before it made. */
function chain(count: number): Pipeline {
  const stages = ids(count).map((address) => ({ address }) as Stage);
  const upstream = new Map(ids(count).map((id, at) => [id, at > 0 ? ids(at).slice(-1) : []]));
  return { stages, upstream } as Partial<Pipeline> as Pipeline;
}

const options = { actions: './actions', branch: 'main' };

describe('what the jobs of a pipeline hand on', () => {
  test.each([
    [60, 18_000],
    [400, 120_000],
  ])('of %d stages is less than %d bytes', (count, most) => {
    expect(needsSize(ids(count))).toBeLessThan(most);
    expect(needsSize(ids(count))).toBeLessThan(longestNeeds);
  });

  test('in a chain is one baton a job, and all of them for the report', () => {
    const workflow = githubWorkflow(chain(60), options);
    const needs = [...workflow.matchAll(/^ {4}needs: \[(.*)\]$/gm)].map(([, list = '']) =>
      list.split(', '),
    );
    const sizes = needs.map((jobs) => needsSize(jobs));
    expect(needs.map((jobs) => jobs.length)).toEqual([...Array(59).fill(1), 60, 60]);
    expect(Math.max(...sizes.slice(0, 59))).toBeLessThan(300);
    expect(sizes.at(-1)).toBeLessThan(18_000);
  });

  test('is refused at export where it would be too much', () => {
    expect(() => githubWorkflow(chain(400), options)).not.toThrow();
    expect(() => githubWorkflow(chain(500), options)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          kind: 'configuration',
          cause: expect.stringMatching(/^500 stages are too many for one workflow/),
          hint: expect.stringMatching(/these 4\d\d stages fit/),
        }),
      }),
    );
  });
});
