import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { workflowName } from '../../src/export/workflow-place.ts';
import { stageJobId } from '../../src/github/baton/stage-job-id.ts';
import { markerLine, readMarker } from '../../src/github/comment/marker.ts';
import { jobRunId } from '../../src/github/job/job.ts';
import { distinctName } from '../../src/text/distinct-name.ts';

/** Addresses of stages and folders that are near one another. */
const piece = fc.constantFrom(
  ...['a', 'A', 'b', 'train', '/', '/', '@', '-', '--', '_', '.', ':', 'ä', 'ö', ' ', '\u{1f40b}'],
  ...['a-0123456789ab', 'x'.repeat(70)],
);
const address = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
const two = fc.tuple(address, address).filter(([one, other]) => one !== other);

describe('names of other things are others', () => {
  test.each([
    ['t@ä', 't@ö'],
    ['a/b', 'a_b'],
    ['a/b', 'a-b'],
    ['Train', 'train'],
    ['x'.repeat(300), `${'x'.repeat(300)}y`],
  ])('%s and %s', (one, other) => {
    expect(distinctName(one).toLowerCase()).not.toBe(distinctName(other).toLowerCase());
  });

  test('of containers and folders, also where case does not count', () => {
    fc.assert(
      fc.property(two, ([one, other]) => {
        expect(distinctName(one).toLowerCase()).not.toBe(distinctName(other).toLowerCase());
      }),
      { numRuns: 2_000, examples: [[['a-0123456789ab', distinctName('a-0123456789ab')]]] },
    );
  });

  test('are names for the engine and for Linux', () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        expect(distinctName(text)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/);
      }),
    );
  });

  test('of the runs of jobs', () => {
    const id = (job: string, stage: string) =>
      jobRunId({ GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: job }, stage);
    expect(id('a-b', 'c')).not.toBe(id('a', 'b-c'));
    fc.assert(
      fc.property(two, ([one, other]) => {
        expect(id('job', one)).not.toBe(id('job', other));
        expect(id('job', one)).toBe(id('job', one));
      }),
    );
  });

  test('of workflow files, for folders', () => {
    const folder = (text: string) => text.split('/').filter(Boolean).join('/');
    fc.assert(
      fc.property(two, ([one, other]) => {
        const [left, right] = [folder(one), folder(other)];
        fc.pre(left !== right && left !== '' && right !== '' && left !== '.' && right !== '.');
        expect(workflowName(left)).not.toBe(workflowName(right));
      }),
    );
  });

  test('of comments, for pipelines of any length', () => {
    fc.assert(
      fc.property(
        fc.oneof(address, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1_000 })),
        (pipeline) => {
          expect(readMarker(`${markerLine({ pipeline, run: 1, attempt: 1 })}\n`)?.pipeline).toBe(
            pipeline,
          );
        },
      ),
    );
  });

  test('of jobs, where only letters that a job cannot have tell stages apart', () => {
    expect(stageJobId('train@a')).toBe('train-a');
    expect(stageJobId('sub/dvc.yaml:train')).toBe('sub-dvc-yaml-train');
    expect(stageJobId('t@ä')).not.toBe(stageJobId('t@ö'));
    expect(stageJobId('ä')).toMatch(/^[A-Za-z_][\w-]*$/);
  });
});
