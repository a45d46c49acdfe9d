import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  better,
  type Results,
  resultsRepository,
  worse,
} from '../job/results/results-repository.ts';
import { type GitHubStandIn, type PullRequest, startGitHub } from '../rig/github/stand-in.ts';
import { runCommand } from '../rig/run-command.ts';
import { leaveResults, stageResults } from '../rig/stage-results.ts';

const main = fileURLToPath(new URL('../../actions/comment-metrics/main.js', import.meta.url));
const repository = resultsRepository();
const scratch = mkdtempSync(join(tmpdir(), 'sibling-comment-'));
let github: GitHubStandIn;
let pull: PullRequest;
let base = '';
let pulls = 0;
beforeAll(async () => {
  github = await startGitHub();
  repository.run(worse);
  base = repository.commit('base');
});
afterAll(async () => {
  await github.stop();
  for (const path of [repository.root, scratch]) rmSync(path, { recursive: true, force: true });
});
beforeEach(async () => {
  pull = await github.openPullRequest(`change-${pulls++}`);
});

const remote = join(scratch, 'remote');
const baton = leaveResults(remote, stageResults());

const head = () => repository.git('rev-parse', 'HEAD');

/** The action as the runner starts it, after the stages left these results. */
async function comment(run: number, results: Results, token = github.tokens.workflow, from = base) {
  repository.run(results);
  const file = (name: string, text: string) => {
    writeFileSync(join(scratch, name), text);
    return join(scratch, name);
  };
  const pull_request = {
    number: pull.number,
    base: { sha: from, ref: 'main' },
    head: { sha: head(), ref: pull.head.ref },
  };
  const needs = { train: { result: 'success', outputs: { baton } } };
  github.requests.length = 0;
  const env = {
    ...{ GITHUB_ACTIONS: 'true', ACTIONS_RUNTIME_TOKEN: undefined },
    ...{ GITHUB_EVENT_NAME: 'pull_request', GITHUB_API_URL: github.url },
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify({ pull_request })),
    GITHUB_SERVER_URL: 'https://github.com',
    ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: remote },
    GITHUB_REPOSITORY: `${github.owner}/${github.repo}`,
    ...{ GITHUB_RUN_NUMBER: String(run), GITHUB_RUN_ATTEMPT: '1', RUNNER_TEMP: scratch },
    GITHUB_OUTPUT: file('output', ''),
    GITHUB_STEP_SUMMARY: file('summary', ''),
    INPUT_NEEDS: JSON.stringify(needs),
    ...{ INPUT_TOKEN: token, INPUT_AUTHOR: 'github-actions[bot]' },
    'INPUT_WORKING-DIRECTORY': repository.root,
  };
  const { code, stdout, stderr } = await runCommand(process.execPath, [main], {
    env,
    cwd: scratch,
  });
  return {
    ...{ code, log: stdout + stderr, requests: github.requests.length },
    output: readFileSync(join(scratch, 'output'), 'utf8'),
    summary: readFileSync(join(scratch, 'summary'), 'utf8'),
    comments: (await github.comments(pull.number)).map(({ body }) => body),
  };
}

describe('the action on a pull request', () => {
  test('comments, then keeps the comment up to date, and turns red when a gate is broken', async () => {
    const first = await comment(1, better);
    expect(first).toMatchObject({ code: 0, comments: [expect.stringMatching(/0.91 → 0.95/)] });
    expect(first.comments[0]).toMatch(/^<!-- sibling-report pipeline=dvc.yaml run=1 /);
    expect(first.summary).toMatch(/0.91 → 0.95/);
    expect(first.summary).toMatch(/s0\["train<br>ran"\]:::ran/);
    const files = new RegExp(
      `\\[files at this commit\\]\\(https://github.com/ada/iris/tree/${head()}\\)`,
    );
    expect(first.comments[0]).toMatch(files);
    expect(existsSync(join(scratch, 'sibling-report/report.html'))).toBe(true);
    const second = await comment(2, { ...better, accuracy: 0.97 });
    expect(second).toMatchObject({ code: 0, comments: [expect.stringMatching(/0.91 → 0.97/)] });
    expect(second.requests).toBeLessThanOrEqual(4);
    const third = await comment(3, { ...better, accuracy: 0.8 });
    expect(third).toMatchObject({ code: 1, comments: [expect.stringMatching(/❌.*below 0.9/)] });
    expect(third.log).toMatch(/::error .*file=metrics.json.*accuracy is below its floor/);
    const older = await comment(2, better);
    expect(older.comments).toEqual(third.comments);
  });

  test('a base that GitHub does not give turns a gate red, though the value is good', async () => {
    // One that no clone has: GitHub is asked, and does not know it.
    const run = await comment(1, better, github.tokens.workflow, 'a'.repeat(40));
    expect(run).toMatchObject({ code: 1, comments: [expect.stringMatching(/❌ not compared: /)] });
    expect(run.comments[0]).toMatch(/GitHub cannot compare aaaaaaa and \w{7}/);
  });

  test("without the right to comment: a warning, the summary, and the job's own result", async () => {
    const run = await comment(1, better, github.tokens.fork);
    expect(run).toMatchObject({ code: 0, comments: [], summary: expect.stringMatching(/0.95/) });
    expect(run.log).toMatch(/::warning::.*pull-requests: write/);
    expect(run.output).toMatch(/refused/);
  });
});
