import { describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import {
  type Baton,
  longestBaton,
  outcomes,
  readNeeds,
  writeBaton,
} from '../../../src/github/baton/baton.ts';
import { readResults, writeResults } from '../../../src/github/baton/stage-results.ts';
import { stageResults } from '../../rig/stage-results.ts';

const baton: Baton = {
  ...{ version: 2, outcome: 'unchanged', startedAt: '2026-01-01T00:00:00Z', seconds: 86_399.9 },
  results: 'ab'.repeat(32),
};

/** The input `needs` as GitHub fills it, with one job. */
const needs = (line: string | undefined, result = 'success') =>
  JSON.stringify({ train: { result, outputs: line === undefined ? {} : { baton: line } } });

function refusal(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    expect(error.failure.kind).toBe('usage');
    return error.failure;
  }
  throw new Error('not refused');
}

describe('a baton', () => {
  test('arrives as it was written', () => {
    expect(readNeeds(needs(writeBaton(baton)))).toEqual([
      { job: 'train', result: 'success', baton },
    ]);
  });

  test.each(outcomes)('says that its stage %s', (outcome) => {
    const told = { ...baton, outcome };
    expect(readNeeds(needs(writeBaton(told)))).toMatchObject([{ baton: told }]);
    expect(['ran', 'cached', 'unchanged', 'failed']).toContain(outcome);
  });

  test('may have as many characters as it may, and not one more', () => {
    const line = JSON.stringify({ ...baton, startedAt: '' });
    const padded = (length: number) => ` ${line}`.padStart(length);
    expect(readNeeds(needs(padded(longestBaton)))).toHaveLength(1);
    expect(refusal(() => readNeeds(needs(padded(longestBaton + 1)))).cause).toMatch(/too large/);
  });

  test('has the same small size whatever the stage is', () => {
    expect(writeBaton(baton).length).toBeLessThan(longestBaton * 0.75);
  });

  test.each<[string, string | undefined]>([
    ['no output', undefined],
    ['an empty output, as GitHub has it', ''],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own expression language
    ['the expression itself, as act has it', '${{ steps.run.outputs.baton }}'],
  ])('of a job that failed is missing: %s', (_, line) => {
    expect(readNeeds(needs(line, 'failure'))).toEqual([{ job: 'train', result: 'failure' }]);
  });

  test('of nobody: the first job of a workflow', () => {
    expect(readNeeds('')).toEqual([]);
    expect(readNeeds(' \n')).toEqual([]);
    expect(readNeeds('{}')).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    [
      'a later version',
      { version: 3 },
      /^the baton of job train has version 3; this action reads version 2$/,
    ],
    ['an earlier version', { version: 1, lock: { a: 'x'.repeat(500) } }, /has version 1; this/],
    ['no version', { version: undefined }, /has no version/],
    ['a field that is unknown', { command: 'rm' }, /not as it was written.*at command$/],
    ['a field that is missing', { outcome: undefined }, /not as it was written.*at outcome$/],
    ['an outcome that is none', { outcome: 'skipped' }, /at outcome$/],
    ['results that begin with more', { results: `x${baton.results}` }, /no SHA-256 at results$/],
    ['results that end with more', { results: `${baton.results}x` }, /no SHA-256 at results$/],
    ['results that are no hash', { results: '../../etc/passwd' }, /no SHA-256 at results$/],
    ['a time of a megabyte', { startedAt: 'x'.repeat(1e6) }, /^the baton of job train is too larg/],
  ])('with %s is refused', (_, change, cause) => {
    const found = refusal(() => readNeeds(needs(JSON.stringify({ ...baton, ...change }))));
    expect(found.cause).toMatch(cause);
    expect(found.hint).toMatch(/same version of the actions in all jobs/);
  });

  test.each<[string, string, RegExp]>([
    ['needs that are no JSON', '{', /^the input needs is not JSON/],
    ['needs that are a list', '[1]', /is not what \$\{\{ toJSON\(needs\) \}\} gives/],
    ['needs that are an empty list of nothing', '[[]]', /is not what/],
    ['needs that are pairs', '[["a", {"result": "success", "outputs": {}}]]', /is not what/],
    ['needs that are a text', '"ab"', /is not what/],
    ['needs that are null', 'null', /is not what/],
    ['needs that are a number', '5', /is not what/],
    ['a baton that is a list', needs('[2]'), /has no version/],
    ['a long baton that is no JSON', needs(`{${'x'.repeat(300)}`), /train is not JSON/],
    ['a long baton that is null', needs(`null${' '.repeat(300)}`), /has no version/],
    ['needs without results', '{"train": {}}', /is not what/],
    ['a baton that is no JSON', needs('{"version": 1'), /^the baton of job train is not JSON/],
    ['a baton that is null', needs('null'), /has no version/],
  ])('%s are refused', (_, input, cause) => {
    expect(refusal(() => readNeeds(input)).cause).toMatch(cause);
  });
});

test.each(['constructor', 'prototype', '__proto__', 'toString'])(
  'a job %s is as any other',
  (job) => {
    expect(readNeeds(`{"${job}": {"result": "failure", "outputs": {}}}`)).toEqual([
      { job, result: 'failure' },
    ]);
  },
);

describe("a job's results", () => {
  test('have files of any name', () => {
    const names = ['constructor', 'prototype', 'toString', 'a'];
    const folder = Object.fromEntries(names.map((name) => [name, { text: name }]));
    const whole = { ...stageResults(), uncached: [{ path: 'live', folder }] };
    expect(readResults('train', writeResults(whole))).toEqual(whole);
  });

  test('arrive as they were written, whatever their size', () => {
    const results = stageResults({
      lock: { file: 'dvc.lock', entry: `  train:\n${'    # dep\n'.repeat(50_000)}` },
      outs: Array.from({ length: 2_000 }, (_, at) => ({ path: `o/${at}`, bytes: 1, files: 1 })),
      uncached: [{ path: 'plot.png', file: { base64: Buffer.alloc(1e6, 255).toString('base64') } }],
    });
    expect(readResults('train', writeResults(results))).toEqual(results);
  });

  test.each<[string, object, RegExp]>([
    ['another version', { version: 1 }, /^what job train found has version 1/],
    ['a field that is unknown', { command: 'rm' }, /not as it was written.*at command$/],
    ['a file outside the project', { uncached: [{ path: '../x', file: { text: '' } }] }, /outside/],
    ['an absolute file', { uncached: [{ path: '/etc/passwd', file: { text: '' } }] }, /outside/],
    [
      'a file outside of its folder',
      { uncached: [{ path: 'x', folder: { '../y': { text: '' } } }] },
      /outside/,
    ],
    ['a lock file outside', { lock: { file: 'a/../../dvc.lock', entry: '' } }, /outside.*at lock/],
    ['an out outside', { outs: [{ path: '..', bytes: 1, files: 1 }] }, /outside.*at outs/],
    [
      'bytes that are no Base64',
      { uncached: [{ path: 'm', file: { base64: 'A-_=' } }] },
      /at uncached/,
    ],
    ['a shown file outside', { shown: { '../x.csv': '' } }, /outside.*at shown/],
    ['an address that is none', { links: [{ kind: 'dagshub', url: 'javascript:x' }] }, /at links/],
  ])('with %s are refused', (_, change, cause) => {
    const written = JSON.stringify({ ...stageResults(), ...change });
    expect(refusal(() => readResults('train', written)).cause).toMatch(cause);
  });
});

describe('paths in what a job found', () => {
  const results = (uncached: object[], shown = {}) =>
    JSON.stringify({ ...stageResults({ stage: 'train' }), uncached, shown });
  const file = { text: '' };
  const wrong = ['', '.', '..', '/', '/a', 'a/', 'a//b', './a', 'a/.', 'a/./b', 'a/../b', 'a\0'];

  test.each([...wrong, `${'ä/'.repeat(1_400)}a`])('%j is refused wherever it stands', (path) => {
    for (const text of [
      results([{ path, file }]),
      results([{ path, folder: {} }]),
      results([{ path: 'o', folder: { [path]: file } }]),
      results([], { [path]: '' }),
    ]) {
      expect(refusal(() => readResults('train', text)).cause).toMatch(/what job train found/);
    }
  });

  test.each([
    ['a file in a folder that is a file', [{ path: 'o', folder: { a: file, 'a/b/c': file } }]],
    [
      'an out in another one',
      [
        { path: 'o', folder: {} },
        { path: 'o/a', file },
      ],
    ],
    [
      'an out twice',
      [
        { path: 'o', file },
        { path: 'o', file },
      ],
    ],
  ])('%s is refused', (_, uncached) => {
    refusal(() => readResults('train', results(uncached)));
  });

  test('may be any that Linux takes', () => {
    const folder = { 'a\\b': file, A: file, a: file, 'ab/c': file, '...': file, 'x\ny': file };
    const read = readResults(
      'train',
      results([{ path: 'ü o', folder: { ...folder, __proto__x: file } }]),
    );
    expect(Object.keys((read.uncached[0] as { folder: object }).folder)).toHaveLength(7);
  });
});
