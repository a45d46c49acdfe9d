import { expect, test } from '@jest/globals';
import type { Failure } from '../../../src/errors.ts';
import { encodeEvent, type RunEvent } from '../../../src/run/progress/events.ts';
import { RunProgress } from '../../../src/run/progress/progress.ts';

const called = (stage: string) => ({ type: 'stage-called' as const, stage });

const started = (stage: string) => ({
  type: 'stage-started' as const,
  stage,
  image: 'i',
  imageId: 'sha256:1',
  container: 'c',
});

test('follows a run by DVC’s messages and by events, which people do not see', () => {
  const progress = new RunProgress('t', ['a', 'b', 'c', 'd']);
  const lines = progress.take({
    stream: 'stdout',
    lines: [
      "Stage 'a' didn't change, skipping",
      "Stage 'b' is cached - skipping run, checking out outputs",
      ...encodeEvent('t', called('c')),
      "Running stage 'c':",
      ...encodeEvent('t', started('c')),
      '[c] working',
    ],
  });
  expect(lines).toHaveLength(4);
  expect(progress.stages.map(({ state }) => state)).toEqual([
    'unchanged',
    'cached',
    'running',
    'waiting',
  ]);
  expect(progress.stages[2]?.lastLine).toBe('working');
  const ended = { type: 'stage-ended' as const, stage: 'c', seconds: 2, outs: [], logTail: [] };
  progress.take({ stream: 'stdout', lines: encodeEvent('t', ended) });
  expect(progress.end(0).map(({ state }) => state)).toEqual([
    'unchanged',
    'cached',
    'ran',
    'waiting',
  ]);
});

test('a stage cannot forge an event: it does not know the token', () => {
  const progress = new RunProgress('secret', ['a']);
  const forged = encodeEvent('guess', started('a'));
  expect(progress.take({ stream: 'stdout', lines: forged })).toEqual(forged);
  expect(progress.stages[0]?.state).toBe('waiting');
});

test('a stage that DVC could not reproduce has failed, whatever was said of it before', () => {
  const progress = new RunProgress('t', ['a', 'b']);
  progress.take({
    stream: 'stderr',
    lines: [
      "Stage 'a' is cached - skipping run, checking out outputs",
      "ERROR: failed to reproduce 'a': unable to remove 'x' without a confirmation.",
    ],
  });
  expect(progress.end(1).map(({ state }) => state)).toEqual(['failed', 'not-run']);
});

test('a reason that quotes a file is no part of the stage’s name', () => {
  const progress = new RunProgress('t', ['a']);
  const line =
    "ERROR: failed to reproduce 'a': unable to read: 'p.py', '(' was never closed: 'x': y";
  progress.take({ stream: 'stderr', lines: [line] });
  expect(progress.end(1)).toMatchObject([{ stage: 'a', state: 'failed' }]);
});

test('what DVC advises to do next is left out', () => {
  const lines = [
    'To track the changes with git, run:',
    '\tgit add dvc.lock',
    'To enable auto staging, run:',
    '\tdvc config core.autostage true',
    'Use `dvc push` to send your updates to remote storage.',
    '[a] git add dvc.lock',
  ];
  expect(new RunProgress('t', ['a']).take({ stream: 'stdout', lines })).toEqual(lines.slice(-1));
});

test('what is secret is in no line and in no event, also where parts of it cut it', () => {
  const secret = 'canary'.repeat(8);
  const hide = (text: string) => text.replaceAll(secret, '***');
  const progress = new RunProgress('t', ['a'], hide);
  const logTail = ['.'.repeat(7_900) + secret];
  const event = { type: 'stage-ended', stage: 'a', seconds: 1, outs: [], logTail } as const;
  const lines = [`[a] ${secret}`, ...encodeEvent('t', event)];
  expect(lines.filter((line) => line.includes(secret))).toHaveLength(1); // the event's is cut in two
  expect(progress.take({ stream: 'stdout', lines })).toEqual(['[a] ***']);
  expect(JSON.stringify(progress.stages)).not.toContain('canary');
});

const ended = (stage: string, failure?: Failure): RunEvent => ({
  type: 'stage-ended',
  stage,
  seconds: 1,
  outs: [],
  logTail: [],
  ...(failure && { failure }),
});

const encoded = (event: RunEvent) => encodeEvent('t', event);

const outcomes = (progress: RunProgress, code: number) =>
  progress.end(code).map(({ stage, state, failure }) => [stage, state, failure?.cause]);

test('a failure once known is never forgotten, and no run without its container is a success', () => {
  const progress = new RunProgress('t', ['a', 'b', 'c', 'd']);
  const failure: Failure = { kind: 'stage', cause: 'stage a ended with 3', hint: '' };
  progress.take({
    stream: 'stdout',
    lines: [
      ...[called('a'), started('a'), ended('a', failure)].flatMap(encoded),
      ...["Stage 'a' didn't change, skipping", ...encoded(called('b'))],
      ...[called('c'), started('c'), called('d'), started('d'), ended('d')].flatMap(encoded),
      ...encoded(called('up/dvc.yaml:e')),
      "Stage 'data.csv.dvc' didn't change, skipping",
    ],
  });
  expect(outcomes(progress, 0)).toEqual([
    ['a', 'failed', 'stage a ended with 3'],
    ['b', 'failed', expect.stringMatching(/ran stage b, but no container/)],
    ['c', 'failed', expect.stringMatching(/nobody has heard how it ended/)],
    ['d', 'ran', undefined],
    [
      'up/dvc.yaml:e',
      'failed',
      expect.stringMatching(/ran stage up\/dvc.yaml:e, but no container/),
    ],
  ]);
});

test('what DVC shows of a cmd is no word about another stage', () => {
  const progress = new RunProgress('t', ['a', 'b']);
  const shown = [
    '> sibling stage a -- echo "',
    "Running stage 'b':",
    "Running stage 'ghost':",
    '"',
  ];
  const events = [called('a'), started('a'), ended('a')].flatMap(encoded);
  progress.take({ stream: 'stdout', lines: [...events, ...shown] });
  progress.take({ stream: 'stdout', lines: ["Stage 'b' didn't change, skipping"] });
  expect(outcomes(progress, 0)).toEqual([
    ['a', 'ran', undefined],
    ['b', 'unchanged', undefined],
  ]);
});

test('a failure without a reason is not taken back either', () => {
  const progress = new RunProgress('t', ['a']);
  progress.take({
    stream: 'stdout',
    lines: [
      "ERROR: failed to reproduce 'a': x",
      "Stage 'a' is cached - skipping run, checking out outputs",
    ],
  });
  expect(progress.end(0).map(({ state }) => state)).toEqual(['failed']);
});

test('a stage with the name of something secret is followed as any other', () => {
  const progress = new RunProgress('t', ['mlflow-log'], (text) => text.replaceAll('mlflow', '***'));
  const lines = [...[called('mlflow-log'), started('mlflow-log')].flatMap(encoded)];
  progress.take({ stream: 'stdout', lines: [...lines, '[mlflow-log] to mlflow'] });
  expect(progress.stages).toMatchObject([{ state: 'running', lastLine: 'to ***' }]);
});

test('a stage that DVC was asked for, and said nothing of, is none in which nothing changed', () => {
  const progress = new RunProgress('t', ['a', 'b', 'c']);
  progress.take({ stream: 'stdout', lines: ["Stage 'a' didn't change, skipping"] });
  expect(progress.end(0, ['a', 'b']).map(({ state }) => state)).toEqual([
    'unchanged',
    'failed',
    'waiting',
  ]);
  expect(progress.stages[1]?.failure?.cause).toMatch(/asked for stage b/);
});

test('an event behind somebody else’s unfinished line arrives, and its secret is not shown', () => {
  const progress = new RunProgress('t', ['a']);
  const lines = encodeEvent('t', started('a')).map((line) => `  5%|█ ${line}`);
  expect(progress.take({ stream: 'stdout', lines })).toEqual(['  5%|█ ']);
  expect(progress.stages[0]?.state).toBe('running');
});

test('two events that were written into one another break nothing, and are not shown', () => {
  const progress = new RunProgress('t', ['a']);
  const lines = ['\x1et 1/1 {"type":\x1et 1/1 {}', '\x1et nonsense'];
  expect(progress.take({ stream: 'stdout', lines })).toEqual([]);
  expect(progress.stages[0]?.state).toBe('waiting');
});
