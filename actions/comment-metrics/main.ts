import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as core from '@actions/core';
import { context, getOctokit } from '@actions/github';
import { readPipeline } from '../../src/dvc/read-pipeline.ts';
import { git } from '../../src/git.ts';
import { baseRevision, type EventFacts } from '../../src/github/base-revision.ts';
import { readNeeds } from '../../src/github/baton.ts';
import { markerLine } from '../../src/github/comment-marker.ts';
import { requiredInput } from '../../src/github/inputs.ts';
import { localRemoteFolder, runUrl } from '../../src/github/job.ts';
import { runAction } from '../../src/github/report-failure.ts';
import type { GitHubRequest } from '../../src/github/request.ts';
import { putStickyComment } from '../../src/github/sticky-comment.ts';
import { timeline } from '../../src/github/timeline.ts';
import { applyBatons } from '../../src/job/apply-batons.ts';
import { buildReport, plotTemplates } from '../../src/job/build-report.ts';
import { overrideParams, parseOverrides } from '../../src/params-override.ts';
import { findProject } from '../../src/project.ts';
import { annotationsOf, brokenGates } from '../../src/report/broken-gates.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { writeReportFolder } from '../../src/report/report-folder.ts';
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
  const { report, plots } = await buildReport({
    pipeline,
    stages: configureStages(root, pipeline.stages),
    needs,
    base,
    head: event.payload.pull_request?.head.sha ?? (await git(root, 'rev-parse', 'HEAD')),
    links: url ? [{ kind: 'run', url }] : [],
    objects: [localRemoteFolder(process.env)],
  });
  const folder = join(process.env.RUNNER_TEMP ?? tmpdir(), 'sibling-report');
  await writeReportFolder(folder, { report, plots, templates: await plotTemplates(root) });
  core.setOutput('folder', folder);
  for (const { level, file, message } of annotationsOf(report)) {
    const annotate = level === 'failure' ? core.error : core.warning;
    annotate(message, { file, startLine: 1 });
  }
  const whole = renderMarkdown(report, { maxLength: summaryLength });
  await core.summary.addRaw(`${whole.text}\n\n${timeline(batons)}`).write();
  const conclusion = conclusionOf(report);
  core.setOutput('conclusion', conclusion);
  core.setOutput('comment', await comment());
  if (conclusion === 'failure') throw brokenGates(report);

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
});
