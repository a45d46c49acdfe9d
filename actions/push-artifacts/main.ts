import * as core from '@actions/core';
import { dagsHubOf } from '../../src/dagshub.ts';
import { syncMirror } from '../../src/dagshub-api.ts';
import { readPipeline } from '../../src/dvc/read-pipeline.ts';
import { git } from '../../src/git.ts';
import { readNeeds } from '../../src/github/baton.ts';
import { commitResults } from '../../src/github/commit-results.ts';
import { withCredentials } from '../../src/github/credentials-file.ts';
import { pipelineEvent } from '../../src/github/event.ts';
import { booleanInput } from '../../src/github/inputs.ts';
import { runAction } from '../../src/github/report-failure.ts';
import { applyBatons } from '../../src/job/apply-batons.ts';
import { pushFromJob } from '../../src/job/push-job.ts';
import { neededBatons } from '../../src/job/stage-job.ts';
import { findProject } from '../../src/project.ts';
import { readEnvironment } from '../../src/settings.ts';

await runAction(async () => {
  const project = findProject(core.getInput('working-directory'));
  const env = readEnvironment(project.root, withCredentials(process.env));
  if (!booleanInput('commit')) {
    await pushFromJob(project, env, core.getInput('stage'), core.info);
    return;
  }
  const batons = neededBatons(readNeeds(core.getInput('needs')));
  const files = await applyBatons(readPipeline(project.root), batons);
  const pushed = await commitResults(
    project.root,
    files,
    core.getInput('message'),
    pipelineEvent(process.env),
    core.info,
  );
  core.setOutput('commit', pushed ?? '');
  const dagsHub = dagsHubOf(env, await git(project.root, 'remote', 'get-url', 'origin'));
  if (!booleanInput('mirror-sync')) return;
  if (!dagsHub) core.info('No DagsHub credentials: its mirror is not synced now');
  else core.info(await syncMirror(dagsHub));
});
