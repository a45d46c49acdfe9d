import * as core from '@actions/core';
import { ExpectedFailure } from '../../errors.ts';
import { type Clock, realClock } from '../../github/api/clock.ts';
import { patientRequest } from '../../github/api/patient-request.ts';
import {
  type GitHubRequest,
  isRateLimit,
  type RequestFailure,
  requestFailure,
} from '../../github/api/request.ts';
import { createCheckRun } from '../../github/job/check-run.ts';
import type { EndedRun } from '../../github/job/fork-run.ts';
import { annotationsOf, brokenGates } from '../../report/render/broken-gates.ts';
import { renderMarkdown } from '../../report/render/markdown/render.ts';
import { conclusionOf, verdictLine } from '../../report/render/verdict-line.ts';
import { visible } from '../../text/markdown-escape.ts';
import { writeStepSummary } from '../results/step-summary.ts';
import { readForkReport } from './fork-report.ts';
import { postReport } from './post.ts';

export interface ForkRun {
  readonly request: GitHubRequest;
  readonly repository: { readonly owner: string; readonly repo: string };
  readonly run: EndedRun;
  readonly author: string;
  readonly server: string;
  /** The project's folder in the repository, as this repository's own workflow says it. */
  readonly folder?: string;
  readonly clock?: Clock;
}

/**
 * Comments on a fork's pull request from a `workflow_run` workflow, whose token may write: nothing of
 * the fork is checked out or run. A broken gate turns the commit's check red, not this job.
 */
export async function commentForkRun({
  request,
  repository,
  run,
  author,
  server,
  folder = '.',
  clock = realClock,
}: ForkRun): Promise<void> {
  if (run.head_repository === undefined) {
    core.info('Nothing to comment: the fork that the run was for has been deleted');
    core.setOutput('comment', 'none');
    return;
  }
  const reading = refusing(patientRequest(request, clock));
  const found = await readForkReport(reading, repository, run, folder);
  if (!found) {
    core.info('Nothing to comment: the run left no report, or its pull request has moved on');
    core.setOutput('comment', 'none');
    return;
  }
  const { report, pullRequest } = found;
  const linkHosts = [new URL(server).host];
  await writeStepSummary((maxLength) => renderMarkdown(report, { maxLength, linkHosts }).text);
  const comment = {
    ...{ report, author, linkHosts },
    pullRequest: { ...repository, number: pullRequest },
    run: { number: run.run_number, attempt: run.run_attempt },
  };
  const outcome = await postReport(request, comment, clock);
  if ('cause' in outcome) core.warning(`${outcome.cause}\n${outcome.hint}`);
  core.info(`Comment: ${outcome.kind}`);
  const conclusion = conclusionOf(report);
  core.setOutput('comment', outcome.kind);
  core.setOutput('conclusion', conclusion);
  const conclusions = { success: 'success', warning: 'neutral', failure: 'failure' } as const;
  const check = {
    name: 'metrics',
    headSha: run.head_sha,
    conclusion: conclusions[conclusion],
    title: verdictLine(report, (untrusted, maxLength = 60) => visible(untrusted, maxLength)),
    summary: renderMarkdown(report, { maxLength: 60_000, linkHosts }).text,
    annotations: annotationsOf(report),
    detailsUrl: run.html_url,
  };
  try {
    // Of two checks of one name GitHub shows the newer: it may be made twice. What the comment waited
    // for is not taken from its time.
    await createCheckRun(patientRequest(request, clock), repository, check);
  } catch (error) {
    const failure = requestFailure(error);
    const { status, message } = failure;
    const cause = `No check on ${run.head_sha}: ${[status ?? 'no answer', message].join(' ')}`;
    const hint = refusalHint(failure, 'permissions:\n  checks: write');
    // Nothing else on the pull request would be red.
    if (conclusion === 'failure') throw withDetails(brokenGates(report), [cause, hint]);
    core.warning(`${cause}\n${hint}`);
  }
}

function withDetails({ failure }: ExpectedFailure, details: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({ ...failure, details: [...(failure.details ?? []), ...details] });
}

/** What to do about a request that was refused, by why it was. */
function refusalHint(failure: RequestFailure, rights: string): string {
  const { status } = failure;
  if (status === undefined || status >= 500 || isRateLimit(failure)) {
    return 'Run the job again in a few minutes; https://www.githubstatus.com tells of trouble there.';
  }
  if (status === 401) return 'The token is wrong or has expired; pass a valid one.';
  if (status === 403 || status === 404) return `Give the job the right to it:\n\n${rights}`;
  return 'The step summary has the report.';
}

/** A refused request as an expected failure. */
function refusing(request: GitHubRequest): GitHubRequest {
  return async (route, parameters) => {
    try {
      return await request(route, parameters);
    } catch (error) {
      const failure = requestFailure(error);
      const { status, message } = failure;
      throw new ExpectedFailure({
        kind: 'github',
        cause: `GitHub does not answer ${route}: ${status ?? 'no answer'} ${message}`,
        hint: refusalHint(
          failure,
          'permissions:\n  actions: read\n  pull-requests: write\n  checks: write',
        ),
      });
    }
  };
}
