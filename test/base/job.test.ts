import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jobBase } from '../../src/base/job.ts';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import type { GitHubRequest } from '../../src/github/api/request.ts';
import type { NeededStage } from '../../src/github/baton/stage-results.ts';
import type { BaseRule } from '../../src/github/job/event.ts';
import { buildReport } from '../../src/job/report/build.ts';
import { conclusionOf, verdictLine } from '../../src/report/render/verdict-line.ts';
import { configureStages } from '../../src/stage/options/options.ts';
import { better, resultsRepository, worse } from '../job/results/results-repository.ts';
import { describedFile, describedTree } from '../rig/github/described-file.ts';
import { stageResults } from '../rig/stage-results.ts';

const repository = resultsRepository();
const [base, tip, head] = ['c', 'a', 'b'].map((letter) => letter.repeat(40)) as [
  string,
  string,
  string,
];
beforeAll(() => {
  repository.run(worse);
  repository.commit('head');
});
afterAll(() => rmSync(repository.root, { recursive: true, force: true }));

const mergeBase: BaseRule = { kind: 'merge-base', commit: tip, ref: 'main', head };
const pushed: BaseRule = { kind: 'commit', commit: base };

/** A GitHub of which some routes answer with a status and words, or with something else. */
function github(
  status: number,
  broken: RegExp,
  words: unknown = { message: 'Not Found' },
): GitHubRequest {
  return async (route, { path, commit_sha }) => {
    const answers: readonly (readonly [RegExp, unknown])[] = [
      [/compare/, { merge_base_commit: { sha: base } }],
      [/git\/commits/, commit_sha === base ? { sha: base } : undefined],
      [/git\/trees/, describedTree(['metrics.json'])],
      [/contents/, path === 'metrics.json' ? describedFile('{"accuracy": 0.97}') : undefined],
      [/commits$/, []],
    ];
    const data = answers.find(([pattern]) => pattern.test(route))?.[1];
    const code = broken.test(`${route} ${path}`) ? status : data === undefined ? 404 : 200;
    if (code === 200) return { status: 200, headers: {}, data: broken.test(route) ? words : data };
    const response = { headers: {}, data: broken.test(`${route} ${path}`) ? words : notFound };
    throw Object.assign(new Error(`status ${code}`), { status: code, response });
  };
}

async function reported(
  rule: BaseRule,
  request?: GitHubRequest,
  root = repository.root,
  needs?: readonly NeededStage[],
) {
  const pipeline = readPipeline(root);
  const found = await jobBase(rule, {
    root,
    owner: 'ada',
    repo: 'iris',
    ...(request && { request }),
    clock: { now: () => 0, sleep: async () => undefined },
  });
  const stages = configureStages(root, pipeline.stages);
  return (
    await buildReport({ pipeline, stages, base: found, head, links: [], ...(needs && { needs }) })
  ).report;
}

const cutTree = { ...describedTree([]), truncated: true };
const notFound = { message: 'Not Found' };
const plain = (text: string) => text;

describe('what a job is compared with', () => {
  test.each([mergeBase, pushed])(
    'a commit that GitHub has, files that it has not: %j',
    async (rule) => {
      const report = await reported(rule, github(502, /nothing/));
      expect(report.base).toMatchObject({ found: true, commit: base });
      expect(report.metrics).toMatchObject([
        { before: { value: 0.97 }, verdict: 'worse', broken: true },
      ]);
    },
  );

  test.each([
    ['a file', mergeBase, 502, /metrics.json/],
    ['another file', mergeBase, 403, /dvc.lock/],
    ['everything', mergeBase, 502, /./],
    ['the merge base', mergeBase, 404, /compare/],
    ['the commit', pushed, 404, /git\/commits/],
    ['whether there is the commit', pushed, 500, /git\/commits/],
  ] as const)(
    'GitHub does not give %s',
    async (_, rule, status, broken) => {
      const report = await reported(rule, github(status, broken));
      expect(report.base).toMatchObject({ found: false, missing: 'unavailable' });
      expect(report.metrics).toMatchObject([{ verdict: 'not-compared', broken: true }]);
      expect(conclusionOf(report)).toBe('failure');
      expect(verdictLine(report, plain)).toMatch(/^not compared: .*GitHub/);
    },
    30_000,
  );

  // What GitHub answers to one request, and what of it a person reads.
  const html = '<html>proxy</html>';
  const alone = { message: `No common ancestor between ${tip} and ${head}.` };
  test.each<[string, BaseRule, number, RegExp, unknown, RegExp]>([
    ['no common commit', mergeBase, 404, /compare/, alone, /no commit .* have in common/],
    ['a lost commit', mergeBase, 404, /compare/, notFound, /cannot compare aaaaaaa and bbbbbbb/],
    ["a proxy's 404", mergeBase, 404, /compare/, html, /answers 404/],
    ['no merge base', mergeBase, 200, /compare/, {}, /without naming/],
    ['no SHA', mergeBase, 200, /compare/, { merge_base_commit: { sha: 'junk' } }, /without naming/],
    ['a page', mergeBase, 200, /compare/, html, /without naming/],
    ['422', mergeBase, 422, /compare/, notFound, /answers 422/],
    ['another commit', pushed, 200, /git\/commits/, { sha: tip }, /another commit than ccccccc/],
    ['a page for it', pushed, 200, /git\/commits/, html, /another commit than ccccccc/],
    ["a proxy's 404 for a file", pushed, 404, /contents/, html, /answers 404 .*contents/],
    ...(
      [
        'Not Found',
        `No commit found for the ref ${base}`,
        'This repository is empty.',
        'no Route matched with those values',
        'Repository access blocked',
      ] as const
    ).flatMap((message): [string, BaseRule, number, RegExp, unknown, RegExp][] => [
      [`${message} for files`, pushed, 404, /contents/, { message }, /answers 404 .*may have/],
      [`${message} for all`, mergeBase, 404, /contents|trees/, { message }, /GitHub answers/],
    ]),
    ['no tree', pushed, 200, /trees/, {}, /form that is not known/],
    ['a cut tree without a whole', pushed, 200, /trees/, cutTree, /form that is not known/],
    ['no text for a file', pushed, 200, /contents/, { a: 1 }, /form that is not known/],
  ])('GitHub answers: %s', async (_, rule, status, broken, words, says) => {
    const report = await reported(rule, github(status, broken, words));
    expect(report.base).toMatchObject({ found: false, missing: 'unavailable' });
    expect(verdictLine(report, plain)).toMatch(says);
    if (words !== alone) expect(verdictLine(report, plain)).not.toMatch(/in common/);
    expect(conclusionOf(report)).toBe('failure');
  });

  test.each([
    ['unchanged', /^nothing to tell: the event names no earlier commit/, 'warning'],
    ['ran', /^no metric changed, nor anything else$/, 'success'],
  ] as const)(
    'an event without an earlier commit, and a stage that %s',
    async (outcome, says, conclusion) => {
      const needs = [{ job: 'train', result: 'success', results: stageResults({ outcome }) }];
      const report = await reported({ kind: 'checkout' }, undefined, repository.root, needs);
      expect(verdictLine(report, plain)).toMatch(says);
      expect(conclusionOf(report)).toBe(conclusion);
    },
  );

  test('without a token and history: what brings them', async () => {
    const report = await reported(mergeBase);
    expect(verdictLine(report, plain)).toMatch(/^not compared: .*fetch-depth: 0/);
    expect(conclusionOf(report)).toBe('failure');
  });

  test("without a token: from the clone's own remote", async () => {
    repository.git('switch', '--quiet', '-C', 'topic');
    repository.run(better);
    repository.commit('better');
    const clone = `${repository.root}-clone`;
    const source = `file://${repository.root}`;
    execFileSync('git', ['clone', '--quiet', '--depth=1', '--branch=topic', source, clone]);
    const [old, now] = ['main', 'topic'].map((name) => repository.git('rev-parse', name));
    const rules = [
      { kind: 'merge-base', commit: old ?? '', ref: 'main', head: now ?? '' },
      { kind: 'commit', commit: old ?? '' },
    ] as const;
    for (const rule of rules) {
      const report = await reported(rule, undefined, clone);
      expect(report.base).toMatchObject({ found: true, commit: old });
      expect(report.metrics).toMatchObject([{ verdict: 'improved' }]);
    }
    rmSync(clone, { recursive: true });
  });

  test('a branch that is new has nothing, and breaks no gate', async () => {
    const report = await reported({ kind: 'nothing' });
    expect(verdictLine(report, plain)).toMatch(/^nothing to compare with: the branch is new/);
    expect(conclusionOf(report)).toBe('warning');
  });
});
