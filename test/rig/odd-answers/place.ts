import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerFields } from '../../../scripts/github-fields.ts';
import { writeBaton } from '../../../src/github/baton/baton.ts';
import { writeResults } from '../../../src/github/baton/stage-results.ts';
import { better, resultsRepository, worse } from '../../job/results/results-repository.ts';
import { report } from '../../report/example-report.ts';
import type { Dice } from '../differential/dice.ts';
import { repository } from '../repository.ts';
import { stageResults } from '../stage-results.ts';
import { zipOf } from '../zip.ts';
import type { World } from './behaviour.ts';
import type { EventName } from './event-names.ts';
import { type OddJson, oddJson } from './odd-json.ts';

/** What all tries share: a checkout that has not its base, and GitHub's published fields. */
export interface OddPlace {
  readonly folder: string;
  /** A project's checkout of depth 1, without a remote. */
  readonly root: string;
  /** A clone whose remote has the branch for proposed results already. */
  readonly clone: string;
  readonly head: string;
  readonly base: string;
  /** Of the job of `train`, whose results every world has as an artifact. */
  readonly baton: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly fields: Readonly<Record<string, AnswerFields>>;
  /** The servers of a new try. */
  world(dice: Dice): World;
  plainEvent(name: EventName): OddJson;
  event(dice: Dice, name: EventName): OddJson;
  end(): void;
}

/** A runner's token for its artifact service. */
export const artifactToken = `a.${Buffer.from('{"scp":"Actions.Results:r:j"}').toString('base64url')}.c`;

/** Names of the published events. */
const published: Readonly<Record<EventName, string>> = {
  push: 'push',
  pull_request: 'pull-request-opened',
  merge_group: 'merge-group-checks-requested',
  workflow_run: 'workflow-run-completed',
};

export function makePlace(): OddPlace {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-odd-'));
  const whole = resultsRepository();
  whole.run(worse);
  const files = Object.fromEntries(
    ['dvc.yaml', 'dvc.lock', 'params.yaml', 'metrics.json'].map((path) => [
      path,
      readFileSync(join(whole.root, path), 'utf8'),
    ]),
  );
  const base = whole.commit('base');
  whole.run(better);
  const head = whole.commit('head');
  const git = (root: string, ...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const root = join(folder, 'shallow');
  git(folder, 'clone', '--quiet', '--depth=1', `file://${whole.root}`, root);
  git(root, 'remote', 'remove', 'origin');
  const bare = join(folder, 'origin.git');
  git(folder, 'clone', '--quiet', '--bare', whole.root, bare);
  const clone = join(folder, 'clone');
  git(folder, 'clone', '--quiet', bare, clone);
  const tree = git(clone, 'rev-parse', 'HEAD^{tree}').slice(0, 12);
  git(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/sibling/results-main-${tree}`);
  rmSync(whole.root, { recursive: true });
  const { fields } = JSON.parse(
    readFileSync(join(repository, 'test/rig/odd-answers/github-fields.json'), 'utf8'),
  ) as { fields: Record<string, AnswerFields> };
  const text = JSON.stringify(report({ head: { commit: head } }));
  const payloads = payloadsOf(head, base);
  const results = writeResults(stageResults());
  const hash = createHash('sha256').update(results).digest('hex');
  const { startedAt, seconds, outcome } = stageResults();
  const baton = writeBaton({ version: 2, outcome, startedAt, seconds, results: hash });
  const kept = zipOf([{ name: 'results.json', text: results }]);
  return {
    ...{ folder, root, clone, head, base, baton, fields },
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    world: (dice) => ({
      comments: dice.chance(0.3)
        ? [
            { id: 1, body: 'Nice!', user: { login: 'eve' } },
            { id: 2, body: '', user: null },
          ]
        : [],
      ...{ made: 0, head, base, report: text },
      uploads: new Map([[`sibling-results-${hash}`, kept]]),
      files: { ...files, 'results/a.json': '{}', 'results/b.json': '{}' },
    }),
    plainEvent: (name) => ({ value: payloads[name], told: 'a plain event' }),
    event: (dice, name) => oddJson(dice, payloads[name], fields[published[name]]),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function payloadsOf(head: string, base: string): Readonly<Record<EventName, unknown>> {
  const account = (login: string, id: number) => ({ login, id, type: 'User', site_admin: false });
  const repo = (owner: string, id: number) => ({
    ...{ id, name: 'iris', full_name: `${owner}/iris`, private: false, fork: owner !== 'ada' },
    owner: account(owner, id),
    ...{ description: null, homepage: null, language: null, license: null, default_branch: 'main' },
  });
  const common = { repository: repo('ada', 11), sender: account('eve', 6) };
  return {
    push: {
      ...common,
      ...{ ref: 'refs/heads/main', before: base, after: head, base_ref: null },
      ...{ created: false, deleted: false, forced: false, commits: [], head_commit: { id: head } },
    },
    pull_request: {
      ...common,
      ...{ action: 'opened', number: 7 },
      pull_request: {
        ...{ number: 7, id: 70, state: 'open', body: null, user: account('eve', 6), draft: false },
        head: {
          sha: head,
          ref: 'change',
          label: 'eve:change',
          repo: repo('eve', 12),
          user: account('eve', 6),
        },
        base: {
          sha: base,
          ref: 'main',
          label: 'ada:main',
          repo: repo('ada', 11),
          user: account('ada', 5),
        },
      },
    },
    merge_group: {
      ...common,
      action: 'checks_requested',
      merge_group: {
        head_sha: head,
        head_ref: 'refs/heads/q',
        base_sha: base,
        base_ref: 'refs/heads/main',
      },
    },
    workflow_run: {
      ...common,
      ...{ action: 'completed', workflow: { id: 1, name: 'pipeline' } },
      workflow_run: {
        ...{ id: 9, name: 'pipeline', event: 'pull_request', status: 'completed' },
        ...{ conclusion: 'success', run_number: 3, run_attempt: 1, head_branch: 'change' },
        ...{ head_sha: head, html_url: 'https://github.com/ada/iris/actions/runs/9' },
        ...{ actor: account('eve', 6), triggering_actor: account('eve', 6), pull_requests: [] },
        head_commit: { id: head, message: 'x', author: { name: 'eve', email: null } },
        head_repository: repo('eve', 12),
        repository: repo('ada', 11),
      },
    },
  };
}
