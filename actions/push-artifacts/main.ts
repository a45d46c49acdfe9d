import * as core from '@actions/core';
import { context } from '@actions/github';
import { readPipelineWithPython } from '../../src/dvc/read/pipeline.ts';
import { originOf } from '../../src/git/git.ts';
import { gitHubClient } from '../../src/github/api/client.ts';
import { readNeeds } from '../../src/github/baton/baton.ts';
import { commitResults, type ProtectedCommit } from '../../src/github/commit/commit-results.ts';
import { proposeResults } from '../../src/github/commit/propose-results.ts';
import { withCredentials } from '../../src/github/job/credentials-file.ts';
import { pipelineEvent } from '../../src/github/job/event.ts';
import { booleanInput, choiceInput, requiredInput } from '../../src/github/job/inputs.ts';
import { runAction } from '../../src/github/job/report-failure.ts';
import { pushFromJob } from '../../src/job/push.ts';
import { applyBatons } from '../../src/job/results/apply-batons.ts';
import { resultsHold } from '../../src/job/results/hold.ts';
import { bringResults, neededResults } from '../../src/job/results/needed-stages.ts';
import { resultsStore } from '../../src/job/results/store.ts';
import { findProject } from '../../src/project/project.ts';
import { keepProjectSecrets } from '../../src/project/secrets.ts';
import { readEnvironment } from '../../src/project/settings.ts';
import { dagsHubOf } from '../../src/servers/dagshub.ts';
import { syncMirror } from '../../src/servers/dagshub-api.ts';

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
