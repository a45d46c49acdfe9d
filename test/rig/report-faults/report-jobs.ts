import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobBase } from '../../../src/base/job.ts';
import { readPipeline } from '../../../src/dvc/read/pipeline.ts';
import { ExpectedFailure } from '../../../src/errors.ts';
import { gitHubClient } from '../../../src/github/api/client.ts';
import type { Clock } from '../../../src/github/api/clock.ts';
import { buildReport } from '../../../src/job/report/build.ts';
import { commentForkRun } from '../../../src/job/report/comment-fork-run.ts';
import { postReport } from '../../../src/job/report/post.ts';
import { conclusionOf } from '../../../src/report/render/verdict-line.ts';
import { configureStages } from '../../../src/stage/options/options.ts';
import { resultsRepository, worse } from '../../job/results/results-repository.ts';
import type { Fault } from '../http/faults.ts';
import { startStandIn } from '../http/stand-in-server.ts';
import { stageResults } from '../stage-results.ts';
import { author, fork, pipelineGitHub, type World } from './pipeline-github.ts';

export const jobs = ['report', 'fork'] as const;
export type Job = (typeof jobs)[number];

/** What a job told: of a metric that got worse, none of it may be an all-clear. */
export interface Told {
  /** What the job's own result is; an expected failure is one. */
  readonly conclusion: string;
  readonly comments: readonly string[];
  readonly checks: readonly string[];
}

export interface ReportJobs {
  /** The requests that a job makes when all goes well, as `METHOD /path?query`, each once. */
  readonly requestsOf: (job: Job) => Promise<string[]>;
  /** Lets a job run while these faults strike; one request may take `longest` milliseconds. */
  readonly run: (job: Job, faults: readonly Fault[], longest?: number) => Promise<Told>;
  readonly stop: () => Promise<void>;
}

const quiet: Fault[] = [];

/**
 * A pull request whose accuracy fell from 0.9 to 0.5 with a gate on it, before GitHub's stand-in: the
 * job that reports, and the one that comments for a fork, as their actions put them together. Waiting
 * takes no time.
 */
export async function reportJobs(): Promise<ReportJobs> {
  const repository = resultsRepository();
  const { root } = repository;
  repository.run(worse);
  // An empty file of YAML is one without metrics: what was cut must not pass for it.
  const dvcYaml = readFileSync(join(root, 'dvc.yaml'), 'utf8');
  const changed = dvcYaml.replace('metrics.json', 'metrics.yaml').replace(', min: 0.9', '');
  repository.write('dvc.yaml', changed);
  repository.write('metrics.yaml', 'accuracy: 0.5\n');
  const head = repository.commit('head');
  const files = {
    'metrics.yaml': 'accuracy: 0.9\n',
    'params.yaml': `depth: ${worse.depth}\n`,
    'dvc.lock': "schema: '2.0'\nstages:\n  train:\n    cmd: sibling stage train\n",
  };
  const world: World = {
    ...{ base: { sha: 'c'.repeat(40), files }, head, report: '' },
    ...{ comments: new Map(), checks: [], violations: [] },
  };
  const standIn = await startStandIn([pipelineGitHub(world)]);
  const scratch = mkdtempSync(join(tmpdir(), 'sibling-report-faults-'));
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) {
    process.env[name] = join(scratch, name);
    writeFileSync(join(scratch, name), '');
  }
  const repo = { owner: 'ada', repo: 'iris' };
  const pipeline = readPipeline(root);
  const stages = configureStages(root, pipeline.stages);
  const needs = [{ job: 'train', result: 'success', results: stageResults() }];

  async function report(longest: number): Promise<string> {
    const clock = hasty();
    const request = gitHubClient('token', { baseUrl: standIn.url, longest });
    const rule = { kind: 'merge-base', commit: 'a'.repeat(40), ref: 'main', head } as const;
    const base = await jobBase(rule, { root, ...repo, request, clock });
    const { report } = await buildReport({ pipeline, stages, needs, base, head, links: [] });
    if (world.report === '') world.report = JSON.stringify(report);
    const pullRequest = { ...repo, number: 1 };
    const run = { number: 1, attempt: 1 };
    await postReport(request, { report, pullRequest, run, author }, clock);
    return conclusionOf(report);
  }

  async function commentForFork(longest: number): Promise<string> {
    const request = gitHubClient('token', { baseUrl: standIn.url, longest });
    const run = {
      ...{ id: 7, event: 'pull_request', conclusion: 'failure', run_number: 1, run_attempt: 1 },
      html_url: 'https://github.com/ada/iris/actions/runs/7',
      ...{ head_sha: head, head_branch: 'topic', head_repository: fork },
    };
    const server = 'https://github.com';
    await commentForkRun({ request, repository: repo, run, author, server, clock: hasty() });
    return world.checks.at(-1) ?? 'no check';
  }

  async function run(job: Job, faults: readonly Fault[], longest = 20_000): Promise<Told> {
    world.comments.clear();
    world.checks.length = 0;
    standIn.faults.set(faults);
    const write = process.stdout.write;
    // What a job says is for its log: a runner would take it for the test's own.
    process.stdout.write = () => true;
    let conclusion: string;
    try {
      conclusion = await (job === 'report' ? report(longest) : commentForFork(longest));
    } catch (error) {
      if (!(error instanceof ExpectedFailure)) throw error;
      conclusion = 'failure';
    } finally {
      process.stdout.write = write;
      standIn.faults.set(quiet);
    }
    return { conclusion, comments: [...world.comments.values()], checks: [...world.checks] };
  }

  // The fork's run leaves what the report's job finds.
  await run('report', quiet);
  return {
    run,
    async requestsOf(job) {
      standIn.requests.length = 0;
      await run(job, quiet);
      return [...new Set(standIn.requests.map(({ method, path }) => `${method} ${path}`))];
    },
    async stop() {
      await standIn.stop();
      for (const path of [root, scratch]) rmSync(path, { recursive: true, force: true });
      if (world.violations.length > 0) throw new Error(world.violations.join('\n'));
    },
  };
}

/** What a job told that an all-clear is; undefined where it kept silent, or said what is wrong. */
export function allClear({ conclusion, comments, checks }: Told): string | undefined {
  if (conclusion !== 'failure') return `the job ended with ${conclusion}`;
  const calm = comments.find((body) => !/^[^\n]*\n### ❌/.test(body));
  if (calm !== undefined) return `a comment says ${calm.split('\n')[1]}`;
  const green = checks.find((check) => check !== 'failure');
  return green === undefined ? undefined : `a check says ${green}`;
}

/** A clock that sleeping puts on, at once. */
function hasty(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}
