import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jobBase } from '../../src/base/job.ts';
import type { GitHubRequest } from '../../src/github/api/request.ts';

const top = mkdtempSync(join(tmpdir(), 'sibling-depth-'));
const origin = join(top, 'origin');
let [left, tip, head] = ['', '', ''];

function git(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' }).trim();
}

function commit(words: string): string {
  git(origin, 'commit', '--quiet', '--allow-empty', `--message=${words}`);
  return git(origin, 'rev-parse', 'HEAD');
}

// A branch leaves main, which goes on, and GitHub merges the one into the other to try it.
beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', origin]);
  for (const words of ['first', 'second']) commit(words);
  left = commit('where the branch left');
  git(origin, 'switch', '--quiet', '--create=topic');
  head = commit('the pull request');
  git(origin, 'switch', '--quiet', 'main');
  tip = commit('main goes on');
  git(origin, 'switch', '--quiet', '--detach');
  git(origin, 'merge', '--quiet', '--no-ff', '--message=merge', 'topic');
  git(origin, 'update-ref', 'refs/pull/1/merge', 'HEAD');
  git(origin, 'switch', '--quiet', 'main');
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** As actions/checkout does it: one ref, nothing else. */
function checkout(depth: number): string {
  const clone = mkdtempSync(join(top, 'clone-'));
  execFileSync('git', ['init', '--quiet', clone]);
  git(clone, 'remote', 'add', 'origin', `file://${origin}`);
  const refs =
    depth === 0
      ? ['+refs/heads/*:refs/remotes/origin/*', '+refs/pull/1/merge:refs/remotes/pull/1/merge']
      : [`--depth=${depth}`, '+refs/pull/1/merge:refs/remotes/pull/1/merge'];
  git(clone, 'fetch', '--quiet', '--no-tags', 'origin', ...refs);
  git(clone, 'checkout', '--quiet', '--detach', 'refs/remotes/pull/1/merge');
  return clone;
}

const asked = [0, 1, 2, 3, 4].flatMap((depth) =>
  (['GitHub', 'the remote'] as const).map((whom) => [depth, whom] as const),
);

test.each(asked)(
  'fetch-depth %i, asking %s: the base is where the branch left',
  async (depth, whom) => {
    const github: GitHubRequest = async () => ({
      ...{ status: 200, headers: {} },
      data: { merge_base_commit: { sha: left } },
    });
    const rule = { kind: 'merge-base', commit: tip, ref: 'main', head } as const;
    const where = { root: checkout(depth), owner: 'ada', repo: 'iris' };
    const base = await jobBase(rule, { ...where, ...(whom === 'GitHub' && { request: github }) });
    expect(base).toMatchObject({ commit: left, ref: 'main' });
  },
);

test('a checkout of the branch itself stands for a head that is not there', async () => {
  const clone = checkout(0);
  git(clone, 'checkout', '--quiet', '--detach', head);
  const rule = { kind: 'merge-base', commit: tip, ref: 'main', head: 'b'.repeat(40) } as const;
  const base = await jobBase(rule, { root: clone, owner: 'ada', repo: 'iris' });
  expect(base).toMatchObject({ commit: left });
});
