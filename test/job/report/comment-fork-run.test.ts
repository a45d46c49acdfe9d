import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHubRequest } from '../../../src/github/api/request.ts';
import { zipFile } from '../../../src/github/artifact/zip-file.ts';
import type { EndedRun } from '../../../src/github/job/fork-run.ts';
import { commentForkRun } from '../../../src/job/report/comment-fork-run.ts';
import type { Report } from '../../../src/report/report.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-fork-'));
const sha = 'a'.repeat(40);
const before = { ...process.env };
beforeAll(() => {
  process.env.GITHUB_STEP_SUMMARY = join(folder, 'summary');
  process.env.GITHUB_OUTPUT = join(folder, 'output');
});
beforeEach(() => {
  for (const name of ['summary', 'output']) writeFileSync(join(folder, name), '');
});
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

const report: Report = {
  ...{ version: 1, pipeline: 'dvc.yaml', outcome: 'succeeded' },
  ...{ base: { found: true, commit: 'b'.repeat(40) }, head: { commit: sha } },
  metrics: [
    {
      ...{ file: 'm.json', key: 'a', after: { type: 'number', value: 0.5 }, importance: 9 },
      ...{ verdict: 'below-floor', broken: true },
      gate: { pattern: 'a', min: 0.9, level: 'fail' },
    },
  ],
  ...{ params: [], data: [], stages: [], plots: [], trends: [], links: [], notes: [] },
} as unknown as Report;

const run = {
  ...{ id: 9, event: 'pull_request', conclusion: 'failure', html_url: 'https://github.com/x' },
  ...{ run_number: 1, run_attempt: 1, head_sha: sha, head_branch: 't' },
  head_repository: { id: 7, full_name: 'eve/iris', owner: { login: 'eve' } },
} as EndedRun;

type Refusal = readonly [status: number, headers: Record<string, string>];

/** What became of the run's comment and check, where GitHub refuses these so often. */
async function told(refused: { comment?: [number, Refusal]; check?: [number, Refusal] }) {
  let now = 0;
  let body: unknown;
  const checks: unknown[] = [];
  const zip = zipFile('report.json', new TextEncoder().encode(JSON.stringify(report)));
  const left = { comment: refused.comment?.[0] ?? 0, check: refused.check?.[0] ?? 0 };
  const refuse = (what: 'comment' | 'check') => {
    const [status, headers] = refused[what]?.[1] ?? [];
    if (left[what]-- <= 0) return;
    throw Object.assign(new Error('no'), {
      status,
      response: { headers, data: { message: 'no' } },
    });
  };
  const comments = () => (body === undefined ? [] : [{ id: 1, body, user: { login: 'bot' } }]);
  const request: GitHubRequest = async (route, parameters) => {
    const ok = (data: unknown) => ({ status: 200, headers: {}, data });
    if (/pulls/.test(route)) {
      return ok([{ number: 1, head: { sha, repo: { id: 7, full_name: 'eve/iris' } } }]);
    }
    if (/artifacts$/.test(route)) {
      const artifact = { id: 5, name: 'sibling-report', size_in_bytes: 900, expired: false };
      return ok({ artifacts: [artifact] });
    }
    if (/archive_format/.test(route)) return ok(Uint8Array.from(zip).buffer);
    if (/^GET .*comments/.test(route)) return ok(comments());
    if (/check-runs/.test(route)) {
      refuse('check');
      checks.push(parameters);
      return ok({ id: 1 });
    }
    refuse('comment');
    body = parameters.body;
    return ok(comments()[0]);
  };
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const options = { repository: { owner: 'ada', repo: 'iris' }, author: 'bot', clock };
  const failure = await commentForkRun({
    ...{ ...options, request, run, server: 'https://github.com' },
  }).catch((error) => error.failure ?? error);
  return { failure, checks, body };
}

describe('for a fork’s run with a broken gate', () => {
  test('the check is there however long the comment waited', async () => {
    const limit: Refusal = [403, { 'retry-after': '60' }];
    const { failure, checks, body } = await told({ comment: [3, limit], check: [1, limit] });
    expect(failure).toBeUndefined();
    expect(checks).toMatchObject([{ conclusion: 'failure' }]);
    expect(body).toMatch(/sibling-report/);
  });

  test.each([
    ['without the right to it', [9, [403, {}]], /checks: write/],
    ['from a server in trouble', [9, [502, {}]], /Run the job again/],
    ['with a wrong token', [9, [401, {}]], /token is wrong/],
  ] as [string, [number, Refusal], RegExp][])(
    'no check %s: the gate is told, and why',
    async (_, check, hint) => {
      const { failure } = await told({ check });
      expect(failure).toMatchObject({
        kind: 'gate',
        cause: expect.stringMatching(/gate is broken/),
      });
      expect(failure.details.join('\n')).toMatch(/^No check on a{40}: /);
      expect(failure.details.join('\n')).toMatch(hint);
      if (!/right/.test(_)) expect(failure.details.join('\n')).not.toMatch(/checks: write/);
    },
  );
});
