import { describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../src/errors.ts';
import { type Baton, readNeeds, writeBaton } from '../../src/github/baton.ts';

const baton: Baton = {
  ...{ version: 1, stage: 'train', outcome: 'ran', reason: 'params changed', seconds: 3.2 },
  ...{ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:03Z' },
  image: { reference: 'sibling/train:1', id: 'sha256:1' },
  outs: [{ path: 'model.bin', bytes: 12, files: 1 }],
  lock: { 'dvc.lock': { train: '  train:\n    cmd: x\n' } },
  files: { 'metrics.json': '{"accuracy": 0.9}' },
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

const tampered = (change: object) => needs(JSON.stringify({ ...baton, ...change }));

describe('a baton', () => {
  test('arrives as it was written', () => {
    expect(readNeeds(needs(writeBaton(baton)))).toEqual([
      { job: 'train', result: 'success', baton },
    ]);
  });

  test('has room for a file of 64 KiB that is no text', () => {
    const binary = { 'plot.png': Buffer.alloc(65_536, 255).toString('base64') };
    const [job] = readNeeds(needs(writeBaton({ ...baton, binary })));
    expect(job?.baton?.binary).toEqual(binary);
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
    expect(readNeeds('{}')).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    [
      'a later version',
      { version: 2 },
      /^the baton of job train has version 2; this action reads version 1$/,
    ],
    ['no version', { version: undefined }, /has version undefined/],
    ['a field that is unknown', { command: 'rm' }, /not as it was written.*at command$/],
    ['a field that is missing', { outcome: undefined }, /not as it was written.*at outcome$/],
    ['an outcome that is none', { outcome: 'skipped' }, /at outcome$/],
    [
      'a file outside the project',
      { files: { '../../.bashrc': 'x' } },
      /a path outside the project at files/,
    ],
    ['an absolute file', { files: { '/etc/passwd': 'x' } }, /a path outside the project at files/],
    [
      'a lock file outside the project',
      { lock: { 'a/../../dvc.lock': {} } },
      /outside the project at lock/,
    ],
    [
      'an out outside the project',
      { outs: [{ path: '..', bytes: 1, files: 1 }] },
      /outside the project at outs/,
    ],
    ['a file that is too long', { files: { 'm.json': 'x'.repeat(65_537) } }, /at files/],
    ['bytes outside the project', { binary: { '../m.png': 'AA==' } }, /outside the project at bin/],
    ['bytes that are no Base64', { binary: { 'm.png': 'A-_=' } }, /at binary/],
    ['bytes that are too many', { binary: { 'm.png': 'A'.repeat(87_388) } }, /at binary/],
    ['an out that is left for no known reason', { left: [{ path: 'm', why: '<b>' }] }, /at left/],
  ])('with %s is refused', (_, change, cause) => {
    const found = refusal(() => readNeeds(tampered(change)));
    expect(found.cause).toMatch(cause);
    expect(found.hint).toMatch(/same version of the actions in all jobs/);
  });

  test.each<[string, string, RegExp]>([
    ['needs that are no JSON', '{', /^the input needs is not JSON/],
    ['needs that are a list', '[1]', /is not what \$\{\{ toJSON\(needs\) \}\} gives/],
    ['needs without results', '{"train": {}}', /is not what/],
    ['a baton that is no JSON', needs('{"version": 1'), /^the baton of job train is not JSON/],
    ['a baton that is null', needs('null'), /has version undefined/],
    [
      'a baton of a megabyte',
      needs(JSON.stringify({ ...baton, reason: 'x'.repeat(1e6) })),
      /^the baton of job train is too large/,
    ],
  ])('%s are refused', (_, input, cause) => {
    expect(refusal(() => readNeeds(input)).cause).toMatch(cause);
  });

  test('is not written when it is larger than a job may hand on', () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [`m${at}.json`, 'x'.repeat(60_000)]),
    );
    const found = refusal(() => writeBaton({ ...baton, files: metrics }));
    expect(found.cause).toMatch(
      /^stage train has too much to tell the next job: 4\d{5} characters$/,
    );
    expect(found.hint).toMatch(/cache: true/);
    const { 'm6.json': _, ...fewer } = metrics;
    expect(readNeeds(needs(writeBaton({ ...baton, files: fewer })))).toHaveLength(1);
  });
});
