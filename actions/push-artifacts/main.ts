import * as core from '@actions/core';
import { context } from '@actions/github';
import { dagsHubOf } from '../../src/dagshub.ts';
import { syncMirror } from '../../src/dagshub-api.ts';
import { readPipelineWithPython } from '../../src/dvc/read-pipeline.ts';
import { originOf } from '../../src/git.ts';
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
  // All of them before anything is done: what is pushed stays pushed.
  const [isCommit, isSynced] = [booleanInput('commit'), booleanInput('mirror-sync')];
  const onProtected = choiceInput('on-protected-branch', ['fail', 'pull-request']);
  const needs = readNeeds(core.getInput('needs'));
  const project = findProject(core.getInput('working-directory'));
  keepProjectSecrets(project.root);
  const env = readEnvironment(project.root, withCredentials(process.env), core.info);
  if (!isCommit) {
    await pushFromJob(project, env, core.getInput('stage'), core.info);
    return;
  }
  const propose = onProtected === 'pull-request' ? proposing(requiredInput('token')) : undefined;
  const event = pipelineEvent(process.env);
  const dagsHub = isSynced ? dagsHubOf(env, await originOf(project.root)) : undefined;
  const found = await bringResults(needs, () => resultsStore(process.env, project));
  const files = await applyBatons(
    await readPipelineWithPython(project.root),
    neededResults(found),
    project,
  );
  const pushed = await commitResults({
    ...{ root: project.root, files, message: core.getInput('message'), event },
    contradictions: await resultsHold(project),
    ...(propose && { propose }),
    report: core.info,
  });
  core.setOutput('commit', pushed ?? '');
  if (!isSynced) return;
  if (!dagsHub) {
    core.info('No DagsHub credentials: its mirror is not synced now');
    return;
  }
  const { isAsked, text } = await syncMirror(dagsHub);
  if (isAsked) core.info(text);
  else core.warning(text);
});

/** Puts what a protected branch does not take into a pull request. */
function proposing(token: string) {
  return async (commit: ProtectedCommit): Promise<void> => {
    const { number } = await proposeResults(gitHubClient(token), context.repo, commit);
    core.setOutput('pull-request', number);
  };
}
