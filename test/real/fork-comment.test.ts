import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOctokit } from '@actions/github';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GitHubRequest } from '../../src/github/api/request.ts';
import { zipFile } from '../../src/github/artifact/zip-file.ts';
import { commentForkRun } from '../../src/job/report/comment-fork-run.ts';
import { metricRows, report } from '../report/example-report.ts';
import { type GitHubStandIn, startGitHub } from '../rig/github/stand-in.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-fork-'));
const summary = join(scratch, 'summary');
let github: GitHubStandIn;
beforeAll(async () => {
  github = await startGitHub();
  for (const [name, file] of [
    ['GITHUB_STEP_SUMMARY', summary],
    ['GITHUB_OUTPUT', join(scratch, 'output')],
  ] as const) {
    writeFileSync(file, '');
    process.env[name] = file;
  }
});
afterAll(async () => {
  await github.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test("a fork's report becomes a comment, a summary and a red check", async () => {
  const pull = await github.openPullRequest('from-fork');
  const gates = { accuracy: { better: 'higher', min: 0.9 } };
  const metrics = metricRows({ accuracy: 0.95 }, { accuracy: 0.8 }, gates);
  const text = JSON.stringify(report({ metrics, head: { commit: pull.head.sha } }));
  const octokit = getOctokit(github.tokens.workflow, { baseUrl: github.url });
  const archive = zipFile('report.json', new TextEncoder().encode(text));
  const artifact = { id: 4, name: 'sibling-report', expired: false, size_in_bytes: archive.length };
  /** The stand-in keeps no artifacts: these are of the run 7 and of no other, and of one address each. */
  const artifacts = new Map<string, unknown>([
    ['/actions/runs/7/artifacts?name=sibling-report', { artifacts: [artifact] }],
    ['/actions/artifacts/4/zip?', archive.buffer],
  ]);
  const request: GitHubRequest = async (route, parameters) => {
    const { url } = octokit.request.endpoint(route, parameters);
    const [, path = '', name = ''] =
      /\/repos\/[^/]+\/[^/]+([^?]*)(?:.*[?&](name=[^&]*))?/.exec(url) ?? [];
    const data = artifacts.get(`${path}?${name}`);
    return data ? { status: 200, headers: {}, data } : octokit.request(route, parameters);
  };
  const repository = { owner: github.owner, repo: github.repo };
  await commentForkRun({
    ...{ request, repository, author: 'github-actions[bot]', server: 'https://github.com' },
    run: {
      ...{ id: 7, event: 'pull_request', conclusion: 'failure', run_number: 3, run_attempt: 1 },
      html_url: 'https://github.com/ada/iris/actions/runs/7',
      ...{ head_sha: pull.head.sha, head_branch: pull.head.ref },
      head_repository: {
        full_name: `${github.owner}/${github.repo}`,
        owner: { login: github.owner },
      },
    },
  });
  const [comment, ...others] = await github.comments(pull.number);
  expect(others).toEqual([]);
  expect(comment?.body).toMatch(/❌ `accuracy` 0.95 → 0.8 .*below 0.9/);
  expect(comment?.body).toMatch(/comes from a fork/);
  expect(readFileSync(summary, 'utf8')).toMatch(/below 0.9/);
  const path = `/repos/${github.owner}/${github.repo}/commits/${pull.head.sha}/check-runs`;
  const { check_runs } = (await github.call('GET', path)) as { check_runs: object[] };
  expect(check_runs).toMatchObject([{ name: 'metrics', conclusion: 'failure' }]);
});
