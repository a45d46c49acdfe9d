import * as core from '@actions/core';
import { ExpectedFailure } from '../errors.ts';
import { createCheckRun } from '../github/check-run.ts';
import { type Clock, realClock } from '../github/clock.ts';
import type { EndedRun } from '../github/fork-run.ts';
import { patientRequest } from '../github/patient-request.ts';
import { type GitHubRequest, requestFailure } from '../github/request.ts';
import { annotationsOf } from '../report/broken-gates.ts';
import { visible } from '../report/markdown-escape.ts';
import { renderMarkdown } from '../report/render-markdown.ts';
import { conclusionOf, verdictLine } from '../report/verdict-line.ts';
import { hidden } from '../secrets/known-secrets.ts';
import { readForkReport } from './fork-report.ts';
import { postReport } from './post-report.ts';

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
  const patient = patientRequest(request, clock);
  const found = await readForkReport(refusing(patient), repository, run, folder);
  if (!found) {
    core.info('Nothing to comment: the run left no report, or its pull request has moved on');
    core.setOutput('comment', 'none');
    return;
  }
  const { report, pullRequest } = found;
  const linkHosts = [new URL(server).host];
  const { text } = renderMarkdown(report, { maxLength: 900_000, linkHosts });
  await core.summary.addRaw(hidden(text)).write();
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
    // Of two checks of one name GitHub shows the newer: it may be made twice.
    await createCheckRun(patient, repository, check);
  } catch (error) {
    const { status, message } = requestFailure(error);
    const cause = `No check on ${run.head_sha}: ${[status ?? 'no answer', message].join(' ')}`;
    const hint = 'Give the job the right to it:\n\npermissions:\n  checks: write';
    // Nothing else on the pull request would be red.
    if (conclusion === 'failure') throw new ExpectedFailure({ kind: 'github', cause, hint });
    core.warning(`${cause}\n${hint}`);
  }
}

/** A refused request as an expected failure. */
function refusing(request: GitHubRequest): GitHubRequest {
  return async (route, parameters) => {
    try {
      return await request(route, parameters);
    } catch (error) {
      const { status, message } = requestFailure(error);
      throw new ExpectedFailure({
        kind: 'github',
        cause: `GitHub does not answer ${route}: ${status ?? 'no answer'} ${message}`,
        hint: 'Give the job the right to it:\n\npermissions:\n  actions: read\n  pull-requests: write\n  checks: write',
      });
    }
  };
}
