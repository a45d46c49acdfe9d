import { setTimeout as pause } from 'node:timers/promises';
import { getOctokit } from '@actions/github';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { markerLine } from '../../src/github/comment/marker.ts';
import { putStickyComment } from '../../src/github/comment/sticky-comment.ts';
import { type GitHubStandIn, type PullRequest, startGitHub } from '../rig/github/stand-in.ts';
import { faultKinds } from '../rig/http/faults.ts';

let github: GitHubStandIn;
let pull: PullRequest;
let branches = 0;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github.stop());
beforeEach(async () => {
  github.faults.set([]);
  pull = await github.openPullRequest(`change-${branches++}`);
  github.requests.length = 0;
});

/** A hundredth of the waiting. */
const clock = {
  now: () => Date.now(),
  sleep: async (milliseconds: number) => {
    await pause(milliseconds / 100);
  },
};

function put(run: number, token = github.tokens.workflow) {
  const marker = { pipeline: 'dvc.yaml', run, attempt: 1 };
  const octokit = getOctokit(token, { baseUrl: github.url });
  return putStickyComment(
    (route, parameters) => octokit.request(route, parameters),
    { owner: github.owner, repo: github.repo, number: pull.number },
    { marker, author: 'github-actions[bot]', body: `${markerLine(marker)}\nrun ${run}\n` },
    clock,
  );
}

const words = async () =>
  (await github.comments(pull.number)).map(({ body }) => body.split('\n')[1]);

test('a comment is made, then updated, through octokit', async () => {
  expect(await put(1)).toMatchObject({ kind: 'created' });
  expect(await put(2)).toMatchObject({ kind: 'updated' });
  expect(await put(1)).toMatchObject({ kind: 'newer' });
  expect(await words()).toEqual(['run 2']);
  expect(github.requests.length).toBeLessThanOrEqual(7);
});

test('a token that may only read is told which permission is missing', async () => {
  expect(await put(1, github.tokens.fork)).toMatchObject({
    kind: 'refused',
    hint: expect.stringContaining('pull-requests: write'),
  });
});

test('250 comments of others are read past', async () => {
  const path = `/repos/${github.owner}/${github.repo}/issues/${pull.number}/comments`;
  for (let n = 0; n < 250; n++) await github.call('POST', path, { body: `${n}` });
  await put(1);
  await put(2);
  expect((await words()).length).toBe(251);
});

describe.each([
  ['listing', 'GET .*/comments\\?'],
  ['creating', 'POST .*/comments'],
  ['updating', 'PATCH '],
  ['checking', 'GET .*/comments/\\d+'],
])('a fault in %s', (_, match) => {
  // A 404 has a meaning: the comment is gone.
  test.each(faultKinds.filter((kind) => kind !== 404))(
    'of kind %s leaves one comment',
    async (kind) => {
      github.faults.set([{ kind, service: 'github', match, times: 2, delay: 50 }]);
      const outcomes = [await put(1), await put(2)].map((outcome) => outcome.kind);
      github.faults.set([]);
      expect((await words()).length).toBeLessThanOrEqual(1);
      if (kind === 401 || kind === 403) {
        expect(outcomes).toContain('refused');
      } else if (kind === 400 || kind === 413) {
        // What is not taken now is not taken later either: told, and not tried for ever.
        expect(outcomes).toContain('unavailable');
      } else {
        expect(outcomes.filter((outcome) => !/created|updated/.test(outcome))).toEqual([]);
        expect(await words()).toEqual(['run 2']);
      }
    },
  );
});
