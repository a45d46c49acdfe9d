import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { unmergedRevision } from '../../../src/container/registry/unmerged.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-unmerged-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sha = 'a'.repeat(40);
const repo = (name: string) => ({ repo: { full_name: name } });
const nothing = { repository: '', commit: '' };

function of(event: string | undefined, payload: unknown) {
  const path = join(folder, 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return unmergedRevision({
    ...(event !== undefined && { GITHUB_EVENT_NAME: event }),
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'ada/iris',
  });
}

test.each<[string, string | undefined, unknown, ReturnType<typeof unmergedRevision>]>([
  ['a push', 'push', { ref: 'refs/heads/main', after: sha }, null],
  ['by hand', 'workflow_dispatch', { ref: 'refs/heads/main' }, null],
  ['a laptop', undefined, {}, null],
  [
    'a pull request',
    'pull_request',
    { number: 1, pull_request: { head: { sha, ...repo('ada/iris') } } },
    { repository: 'ada/iris', commit: sha },
  ],
  [
    'a fork',
    'pull_request',
    { pull_request: { head: { sha, ...repo('eve/iris') } } },
    { repository: 'eve/iris', commit: sha },
  ],
  [
    'a fork that is gone',
    'pull_request',
    { pull_request: { head: { sha, repo: null } } },
    { repository: '', commit: sha },
  ],
  [
    'a review',
    'pull_request_review',
    { pull_request: { head: { sha, ...repo('eve/iris') } } },
    { repository: 'eve/iris', commit: sha },
  ],
  ['a pull request without one', 'pull_request', {}, nothing],
  ['a pull request of another shape', 'pull_request', { pull_request: { head: 3 } }, nothing],
  ['no JSON', 'pull_request_target', '{', nothing],
  ['null', 'merge_group', 'null', nothing],
  [
    'a merge group',
    'merge_group',
    { merge_group: { head_sha: sha } },
    { repository: 'ada/iris', commit: sha },
  ],
  [
    'after the run of a fork',
    'workflow_run',
    {
      workflow_run: {
        event: 'pull_request',
        head_sha: sha,
        head_repository: { full_name: 'eve/iris' },
      },
    },
    { repository: 'eve/iris', commit: sha },
  ],
  ['after the run of a branch', 'workflow_run', { workflow_run: { event: 'push' } }, null],
])('%s', (_, event, payload, expected) => {
  expect(of(event, payload)).toEqual(expected);
});

test('an event that is not there is one of which nothing is known', () => {
  expect(unmergedRevision({ GITHUB_EVENT_NAME: 'pull_request' })).toEqual(nothing);
});
