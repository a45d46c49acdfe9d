import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@actions/core';
import { context } from '@actions/github';
import { jobBase } from '../../src/base/job.ts';
import { readPipelineWithPython } from '../../src/dvc/read/pipeline.ts';
import { git } from '../../src/git/git.ts';
import { gitHubClient } from '../../src/github/api/client.ts';
import { artifactService } from '../../src/github/artifact/service.ts';
import { uploadArtifact } from '../../src/github/artifact/upload.ts';
import { zipFile } from '../../src/github/artifact/zip-file.ts';
import type { NeededJob } from '../../src/github/baton/baton.ts';
import type { PipelineEvent } from '../../src/github/job/event.ts';
import { filesUrl, localRemoteFolder, runUrl, underAct } from '../../src/github/job/job.ts';
import { takeOverridden } from '../../src/job/overrides/override-params.ts';
import { splitOverrides } from '../../src/job/overrides/split.ts';
import { buildReport, plotTemplates } from '../../src/job/report/build.ts';
import { reportArtifact } from '../../src/job/report/fork-report.ts';
import { postReport } from '../../src/job/report/post.ts';
import { runSummary } from '../../src/job/report/run-summary.ts';
import { applyBatons } from '../../src/job/results/apply-batons.ts';
import { bringResults } from '../../src/job/results/needed-stages.ts';
import { writeStepSummary } from '../../src/job/results/step-summary.ts';
import { resultsStore } from '../../src/job/results/store.ts';
import { findProject } from '../../src/project/project.ts';
import { keepProjectSecrets } from '../../src/project/secrets.ts';
import { fitReport } from '../../src/report/file/fit.ts';
import { writeReportFolder } from '../../src/report/file/folder.ts';
import { annotationsOf, brokenGates } from '../../src/report/render/broken-gates.ts';
import { renderMarkdown } from '../../src/report/render/markdown/render.ts';
import { conclusionOf } from '../../src/report/render/verdict-line.ts';
import type { Report } from '../../src/report/report.ts';
import { configureStages } from '../../src/stage/options/options.ts';

const notOverridden =
  'No stage job came so far as to override params: the params shown are those of the commit.';

/** Compares the results of the pipeline's run, and says it everywhere that the event allows. */
export async function reportPipeline(
  event: PipelineEvent,
  jobs: readonly NeededJob[],
): Promise<void> {
  const { pullRequest } = event;
  const project = findProject(core.getInput('working-directory'));
  keepProjectSecrets(project.root);
  const { root } = project;
  const overrides = splitOverrides(core.getInput('params'));
  const needs = await bringResults(jobs, () => resultsStore(process.env, project));
  const found = needs.flatMap(({ results }) => (results ? [results] : []));
  const taken = await takeOverridden(root, found);
  if (!taken && overrides.length > 0) core.warning(notOverridden);
  const pipeline = await readPipelineWithPython(root);
  await applyBatons(pipeline, found, project);

  const token = core.getInput('token');
  const request = token ? gitHubClient(token) : undefined;
  const base = await jobBase(event.base, {
    root,
    ...context.repo,
    ...(request && { request }),
  });
  const head = event.head ?? (await git(root, 'rev-parse', 'HEAD'));
  const url = runUrl(process.env);
  const files = filesUrl(process.env, head, await git(root, 'rev-parse', '--show-prefix'));
  const { report: compared, plots } = await buildReport({
    pipeline,
    stages: configureStages(root, pipeline.stages),
    needs,
    base,
    head,
    links: [
      ...(url ? [{ kind: 'run', url } as const] : []),
      ...(files ? [{ kind: 'files', url: files } as const] : []),
    ],
    objects: [localRemoteFolder(process.env)],
  });
  const built: Report =
    taken || overrides.length === 0
      ? compared
      : { ...compared, notes: [notOverridden, ...compared.notes.slice(0, 48)] };
  const folder = join(process.env.RUNNER_TEMP ?? tmpdir(), 'sibling-report');
  const templates = await plotTemplates(root);
  const page = await writeReportFolder(folder, { report: built, plots, templates });
  core.setOutput('folder', folder);
  const pageId = await keep('sibling-report-page', 'report.html', await readFile(page, 'utf8'));
  const report: Report =
    url && pageId && !underAct(process.env)
      ? {
          ...built,
          links: [...built.links, { kind: 'artifact', url: `${url}/artifacts/${pageId}` }],
        }
      : built;
  // A fork's run may not comment: comment.yml reads this.
  const { artifact, file: reportFile } = reportArtifact;
  await keep(artifact, reportFile, fitReport(report));
  for (const { level, file, message } of annotationsOf(report)) {
    const annotate = level === 'failure' ? core.error : core.warning;
    annotate(message, { file, startLine: 1 });
  }
  await writeStepSummary(
    (maxLength) => renderMarkdown(report, { maxLength }).text,
    runSummary(pipeline, report.stages, found),
  );
  const conclusion = conclusionOf(report);
  core.setOutput('conclusion', conclusion);
  core.setOutput('comment', await comment());
  if (conclusion === 'failure') throw brokenGates(report);

  /** Keeps a file as an artifact, where there is a place for it; gives the artifact's id. */
  async function keep(name: string, path: string, content: string) {
    const service = artifactService(process.env);
    if (!service) return undefined;
    try {
      return await uploadArtifact(service, name, zipFile(path, new TextEncoder().encode(content)));
    } catch (error) {
      core.warning(`The artifact ${name} is not kept: ${(error as Error).message}`);
      return undefined;
    }
  }

  async function comment(): Promise<string> {
    if (!pullRequest || !request) return 'none';
    const { number, fromFork } = pullRequest;
    const outcome = await postReport(request, {
      report,
      pullRequest: { ...context.repo, number },
      run: { number: context.runNumber, attempt: context.runAttempt || 1 },
      author: core.getInput('author'),
    });
    if (outcome.kind === 'refused' && fromFork) {
      core.info(
        'A run for a fork may not comment: the workflow_run workflow does (docs/COMMENT.md)',
      );
    } else if ('cause' in outcome) core.warning(`${outcome.cause}\n${outcome.hint}`);
    core.info(`Comment: ${outcome.kind}`);
    return outcome.kind;
  }
}
