import { expect, test } from '@jest/globals';
import { ExpectedFailure, type Failure } from '../../../src/errors.ts';
import { type EndedRun, runFailure } from '../../../src/run/outcome/failure.ts';

const failure: Failure = { kind: 'stage', cause: 'stage a ended with 3', hint: '', exitCode: 3 };
const stopped: Failure = { kind: 'interrupted', cause: 'stopped', hint: '' };
const said = ["ERROR: failed to reproduce 'a': something", '', 'Traceback:', '  in f'];

const run = (change: Partial<EndedRun>): EndedRun => ({
  code: 0,
  stages: [{ stage: 'a', state: 'ran' }],
  said,
  signal: new AbortController().signal,
  ...change,
});

test('a run is a success when DVC and every stage are', () => {
  expect(runFailure(run({}))).toBeUndefined();
});

test('a stage that failed is what the run failed with, whatever DVC ended with', () => {
  const stages = [{ stage: 'a', state: 'failed', failure } as const];
  expect(runFailure(run({ stages }))).toEqual(failure);
  expect(runFailure(run({ stages, code: 1 }))).toEqual(failure);
});

test('without a reason of a stage’s own the last lines are shown, whole and in order', () => {
  const stages = [{ stage: 'a', state: 'failed' } as const];
  expect(runFailure(run({ code: 1 }))).toMatchObject({ kind: 'dvc', details: said });
  expect(runFailure(run({ stages }))).toMatchObject({ kind: 'dvc', details: said });
});

test.each([
  [
    "ERROR: unexpected error - [Errno 21] Is a directory: '/p/.x'",
    /^DVC was refused \/p\/\.x: it is a f/,
  ],
  ["ERROR: [Errno 2] No such file or directory: '/a\\'b'", /refused \/a'b: it is not there$/],
  [`ERROR: [Errno 13] Permission denied: "/a'b"`, /refused \/a'b: you have no permission$/],
  ['ERROR: failed - [Errno 28] No space left on device', /refused no space is left on the disk$/],
])('what the system refused DVC is told in words: %s', (line, cause) => {
  const failure = runFailure(
    run({ code: 255, said: ['before', line, '', 'Having any troubles?'] }),
  );
  expect(failure).toEqual({
    kind: 'dvc',
    cause: expect.stringMatching(cause),
    hint: expect.any(String),
  });
});

test('a run that was stopped failed for that', () => {
  const signal = AbortSignal.abort(new ExpectedFailure(stopped));
  expect(runFailure(run({ code: 130, signal }))).toEqual(stopped);
});
