import { setTimeout as sleep } from 'node:timers/promises';
import * as core from '@actions/core';
import { context, getOctokit } from '@actions/github';
import { readPipeline } from '../../src/dvc/read-pipeline.ts';
import { ExpectedFailure } from '../../src/errors.ts';
import { git } from '../../src/git.ts';
import { baseRevision, type EventFacts } from '../../src/github/base-revision.ts';
import { readNeeds } from '../../src/github/baton.ts';
import { markerLine } from '../../src/github/comment-marker.ts';
import { requiredInput } from '../../src/github/inputs.ts';
import { runUrl } from '../../src/github/job.ts';
import { runAction } from '../../src/github/report-failure.ts';
import type { GitHubRequest } from '../../src/github/request.ts';
import { putStickyComment } from '../../src/github/sticky-comment.ts';
import { timeline } from '../../src/github/timeline.ts';
import { applyBatons } from '../../src/job/apply-batons.ts';
import { buildReport } from '../../src/job/build-report.ts';
import { overrideParams, parseOverrides } from '../../src/params-override.ts';
import { findProject } from '../../src/project.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { conclusionOf } from '../../src/report/verdict-line.ts';
import { configureStages } from '../../src/stage-options.ts';

/** GitHub drops a step summary of more than 1 MiB altogether. */
const summaryLength = 900_000;

await runAction(async () => {
  const needs = readNeeds(requiredInput('needs'));
  const { root } = findProject(core.getInput('working-directory'));
  const token = core.getInput('token');
  const request = token ? (getOctokit(token).request as unknown as GitHubRequest) : undefined;
  await overrideParams(root, parseOverrides(core.getInput('params')));
  const pipeline = readPipeline(root);
  const batons = needs.flatMap(({ baton }) => (baton ? [baton] : []));
  await applyBatons(pipeline, batons);

  const event: EventFacts = {
    name: context.eventName,
    payload: context.payload as EventFacts['payload'],
  };
  const base = await baseRevision(event, { root, ...context.repo, ...(request && { request }) });
  const url = runUrl(process.env);
  const report = await buildReport({
    pipeline,
    stages: configureStages(root, pipeline.stages),
    needs,
    base,
    head: event.payload.pull_request?.head.sha ?? (await git(root, 'rev-parse', 'HEAD')),
    links: url ? [{ kind: 'run', url }] : [],
  });
  const whole = renderMarkdown(report, { maxLength: summaryLength });
  await core.summary.addRaw(`${whole.text}\n\n${timeline(batons)}`).write();
  const conclusion = conclusionOf(report);
  core.setOutput('conclusion', conclusion);
  core.setOutput('comment', await comment());
  if (conclusion === 'failure') throw failure();

  async function comment(): Promise<string> {
    const number = event.payload.pull_request?.number;
    if (number === undefined || !request) return 'none';
    const marker = {
      pipeline: report.pipeline,
      run: context.runNumber,
      attempt: context.runAttempt || 1,
    };
    const { text } = renderMarkdown(report, {
      marker: markerLine(marker),
      restIn: 'the job summary',
    });
    const own = { marker, body: text, author: core.getInput('author') };
    const clock = { now: () => Date.now(), sleep: (milliseconds: number) => sleep(milliseconds) };
    const outcome = await putStickyComment(request, { ...context.repo, number }, own, clock);
    if ('cause' in outcome) core.warning(`${outcome.cause}\n${outcome.hint}`);
    core.info(`Comment: ${outcome.kind}`);
    return outcome.kind;
  }

  function failure(): ExpectedFailure {
    const broken = report.metrics.filter((row) => row.broken && row.gate?.level === 'fail');
    const names = broken.map((row) => `${row.file}: ${row.key} is ${row.verdict}`);
    return new ExpectedFailure({
      kind: report.outcome === 'failed' ? 'stage' : 'gate',
      cause: report.failure ?? `a gate is broken: ${names.join(', ')}`,
      hint: 'The table in the step summary has the values; gates are under meta.sibling.metrics in dvc.yaml.',
    });
  }
});
