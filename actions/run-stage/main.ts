import * as core from '@actions/core';
import { readPipelineWithPython } from '../../src/dvc/read/pipeline.ts';
import { readNeeds } from '../../src/github/baton/baton.ts';
import { withCredentials } from '../../src/github/job/credentials-file.ts';
import { pipelineEvent } from '../../src/github/job/event.ts';
import { choiceInput, requiredInput } from '../../src/github/job/inputs.ts';
import { filesUrl, jobRunId } from '../../src/github/job/job.ts';
import { runAction } from '../../src/github/job/report-failure.ts';
import { overrideParams } from '../../src/job/overrides/override-params.ts';
import { splitOverrides } from '../../src/job/overrides/split.ts';
import { applyBatons } from '../../src/job/results/apply-batons.ts';
import { bringResults, neededResults } from '../../src/job/results/needed-stages.ts';
import { cutMarkdown, writeStepSummary } from '../../src/job/results/step-summary.ts';
import { resultsStore } from '../../src/job/results/store.ts';
import { leftWarning } from '../../src/job/results/uncached-files.ts';
import { handOn } from '../../src/job/stage/hand-on.ts';
import { runStageJob } from '../../src/job/stage/job.ts';
import { stageSummary } from '../../src/job/stage/summary.ts';
import { findProject } from '../../src/project/project.ts';
import { keepProjectSecrets } from '../../src/project/secrets.ts';
import { hidden } from '../../src/secrets/known.ts';

await runAction(async () => {
  const stage = requiredInput('stage');
  const force = core.getInput('force').split(/[\s,]+/);
  const overrides = splitOverrides(core.getInput('params'));
  const needs = readNeeds(core.getInput('needs'));
  const isDebug = choiceInput('log-level', ['info', 'debug']) === 'debug' || core.isDebug();
  const event = pipelineEvent(process.env);
  const project = findProject(core.getInput('working-directory'));
  keepProjectSecrets(project.root);
  const store = resultsStore(process.env, project);
  const before = neededResults(await bringResults(needs, () => store));
  const run = jobRunId(process.env, stage);
  core.saveState('run', run);
  core.saveState('project', project.root);

  const env = withCredentials(process.env);
  const overridden = await overrideParams(
    { project, run, env, verbose: isDebug },
    overrides,
    before,
  );
  await applyBatons(await readPipelineWithPython(project.root), before, project);
  const job = await runStageJob({
    ...{ project, stage, run, env, verbose: isDebug },
    force: force.includes(stage) || force.includes('all'),
    ...(overridden && { overridden }),
  });
  const { results, failure } = job;
  for (const left of results.left ?? []) core.warning(leftWarning(left));
  const files = filesUrl(process.env, event.head ?? process.env.GITHUB_SHA);
  const summary = hidden(stageSummary(results, { failure, files }));
  await writeStepSummary((most) => cutMarkdown(summary, most));
  core.setOutput('outcome', results.outcome);
  core.setOutput('baton', await handOn(job, store));
  if (failure) throw failure;
});
