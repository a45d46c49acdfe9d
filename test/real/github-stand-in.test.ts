import { getOctokit } from '@actions/github';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type GitHubStandIn, type PullRequest, startGitHub } from '../rig/github/stand-in.ts';

let github: GitHubStandIn;
let pull: PullRequest;
beforeAll(async () => {
  github = await startGitHub();
  pull = await github.openPullRequest('change');
});
afterAll(() => github.stop());
beforeEach(() => {
  github.faults.set([]);
  github.requests.length = 0;
});

const octokit = (token: string) => getOctokit(token, { baseUrl: github.url }).rest;
const place = () => ({ owner: github.owner, repo: github.repo });
const issue = () => ({ ...place(), issue_number: pull.number });

describe('comments', () => {
  test('are made, changed, listed through all pages and deleted', async () => {
    const api = getOctokit(github.tokens.workflow, { baseUrl: github.url });
    const made = await api.rest.issues.createComment({ ...issue(), body: 'first' });
    for (let n = 0; n < 4; n += 1)
      await api.rest.issues.createComment({ ...issue(), body: `${n}` });
    await api.rest.issues.updateComment({ ...place(), comment_id: made.data.id, body: 'second' });
    const all = await api.paginate(api.rest.issues.listComments, { ...issue(), per_page: 2 });
    expect(all.map(({ body }) => body)).toEqual(['second', '0', '1', '2', '3']);
    expect(all[0]?.user?.login).toBe('github-actions[bot]');
    const pages = github.requests.filter(({ method }) => method === 'GET');
    expect(pages).toHaveLength(3); // every page came through the stand-in
    for (const { id } of all) await api.rest.issues.deleteComment({ ...place(), comment_id: id });
    expect(await github.comments(pull.number)).toEqual([]);
  });

  test('that are too long are refused', async () => {
    const comment = (body: string) =>
      octokit(github.tokens.workflow).issues.createComment({ ...issue(), body });
    await expect(comment('x'.repeat(65_537))).rejects.toMatchObject({ status: 422 });
    expect((await comment('é'.repeat(65_536))).status).toBe(201);
  });
});

describe('a token', () => {
  const comment = (token: string) => octokit(token).issues.createComment({ ...issue(), body: 'x' });

  test('of a fork may read, not write', async () => {
    const { data } = await octokit(github.tokens.fork).issues.listComments(issue());
    expect(Array.isArray(data)).toBe(true);
    await expect(comment(github.tokens.fork)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
  });

  test('that nobody has is refused', async () => {
    await expect(comment('nobody')).rejects.toMatchObject({ status: 401 });
  });
});

test('the pull requests of a commit are found', async () => {
  const find = (commit_sha: string) =>
    octokit(github.tokens.fork).repos.listPullRequestsAssociatedWithCommit({
      ...place(),
      commit_sha,
    });
  expect((await find(pull.head.sha)).data.map(({ number }) => number)).toEqual([pull.number]);
  expect((await find('0'.repeat(40))).data).toEqual([]);
});

test('a branch moves forward only', async () => {
  const move = octokit(github.tokens.workflow).git.updateRef({
    ...place(),
    ref: 'heads/change',
    sha: pull.base.sha,
  });
  await expect(move).rejects.toMatchObject({ status: 422 });
});

test('a check run is kept, with its annotations', async () => {
  const { checks } = octokit(github.tokens.workflow);
  await checks.create({
    ...place(),
    name: 'metrics',
    head_sha: pull.head.sha,
    status: 'completed',
    conclusion: 'failure',
    output: { title: 'Worse', summary: 'accuracy fell' },
  });
  const { data } = await checks.listForRef({ ...place(), ref: pull.head.sha });
  expect(data.check_runs).toMatchObject([{ name: 'metrics', conclusion: 'failure' }]);
});

describe('faults', () => {
  const comment = () =>
    octokit(github.tokens.workflow).issues.createComment({ ...issue(), body: 'once' });

  test('refuse as GitHub does', async () => {
    github.faults.set([{ kind: 403, times: 1, headers: { 'retry-after': '1' } }]);
    await expect(comment()).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'retry-after': '1' } },
    });
  });

  test('cut the answer of a call that was carried out', async () => {
    const before = await github.comments(pull.number);
    github.faults.set([{ kind: 'cut', match: '^POST', times: 1 }]);
    await expect(comment()).rejects.toThrow();
    expect(await github.comments(pull.number)).toHaveLength(before.length + 1);
  });
});

test('a request that GitHub’s own description does not allow is told at the end', async () => {
  const own = await startGitHub();
  await fetch(`${own.url}/repos/ada/iris/issues/1/comments?perpage=100`);
  await expect(own.stop()).rejects.toThrow(
    /GET \/repos\/\{owner\}\/\{repo\}\/issues\/\{issue_number\}\/comments: query must NOT have additional/,
  );
});
