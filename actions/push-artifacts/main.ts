import * as core from '@actions/core';
import { context } from '@actions/github';
import { dagsHubOf } from '../../src/dagshub.ts';
import { syncMirror } from '../../src/dagshub-api.ts';
import { readPipelineWithPython } from '../../src/dvc/read-pipeline.ts';
import { git } from '../../src/git.ts';
import { readNeeds } from '../../src/github/baton.ts';
import { gitHubClient } from '../../src/github/client.ts';
import { commitResults, type ProtectedCommit } from '../../src/github/commit-results.ts';
import { withCredentials } from '../../src/github/credentials-file.ts';
import { pipelineEvent } from '../../src/github/event.ts';
import { booleanInput, choiceInput, requiredInput } from '../../src/github/inputs.ts';
import { proposeResults } from '../../src/github/propose-results.ts';
import { runAction } from '../../src/github/report-failure.ts';
import { applyBatons } from '../../src/job/apply-batons.ts';
import { bringResults, neededResults } from '../../src/job/needed-stages.ts';
import { pushFromJob } from '../../src/job/push-job.ts';
import { resultsHold } from '../../src/job/results-hold.ts';
import { resultsStore } from '../../src/job/results-store.ts';
import { findProject } from '../../src/project.ts';
import { keepProjectSecrets } from '../../src/secrets/of-project.ts';
import { readEnvironment } from '../../src/settings.ts';

await runAction(async () => {
  const project = findProject(core.getInput('working-directory'));
  keepProjectSecrets(project.root);
  const env = readEnvironment(project.root, withCredentials(process.env), core.info);
  if (!booleanInput('commit')) {
    await pushFromJob(project, env, core.getInput('stage'), core.info);
    return;
  }
  const event = pipelineEvent(process.env);
  const onProtected = choiceInput('on-protected-branch', ['fail', 'pull-request']);
  const needs = readNeeds(core.getInput('needs'));
  const found = await bringResults(needs, () => resultsStore(process.env, project));
  const files = await applyBatons(
    await readPipelineWithPython(project.root),
    neededResults(found),
    project,
  );
  const pushed = await commitResults({
    ...{ root: project.root, files, message: core.getInput('message'), event },
    contradictions: await resultsHold(project),
    ...(onProtected === 'pull-request' && { propose }),
    report: core.info,
  });
  core.setOutput('commit', pushed ?? '');
  const dagsHub = dagsHubOf(env, await git(project.root, 'remote', 'get-url', 'origin'));
  if (!booleanInput('mirror-sync')) return;
  if (!dagsHub) {
    core.info('No DagsHub credentials: its mirror is not synced now');
    return;
  }
  const { isAsked, text } = await syncMirror(dagsHub);
  if (isAsked) core.info(text);
  else core.warning(text);
});

/** Asks for the token only here, where there is something to propose. */
async function propose(commit: ProtectedCommit): Promise<void> {
  const request = gitHubClient(requiredInput('token'));
  const { number } = await proposeResults(request, context.repo, commit);
  core.setOutput('pull-request', number);
}
