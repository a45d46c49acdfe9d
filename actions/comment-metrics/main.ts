import { posix } from 'node:path';
import * as core from '@actions/core';
import { readNeeds } from '../../src/github/baton/baton.ts';
import { readEvent } from '../../src/github/job/event.ts';
import { requiredInput } from '../../src/github/job/inputs.ts';
import { runAction } from '../../src/github/job/report-failure.ts';

// What is wrong with the inputs is told before all that a report takes is loaded.
await runAction(async () => {
  const event = readEvent(process.env);
  if (event.kind === 'run-ended') {
    const token = requiredInput('token');
    const { context } = await import('@actions/github');
    const { gitHubClient } = await import('../../src/github/api/client.ts');
    const { commentForkRun } = await import('../../src/job/report/comment-fork-run.ts');
    return commentForkRun({
      request: gitHubClient(token),
      repository: context.repo,
      run: event.run,
      author: core.getInput('author'),
      server: context.serverUrl,
      folder: inRepository(core.getInput('working-directory')),
    });
  }
  const needs = readNeeds(requiredInput('needs'));
  const { reportPipeline } = await import('./report-pipeline.ts');
  await reportPipeline(event, needs);
});

/** The project's folder as the run named its pipeline by: nothing is checked out to ask Git. */
function inRepository(folder: string): string {
  const { GITHUB_WORKSPACE: workspace } = process.env;
  const isBelow = workspace !== undefined && posix.isAbsolute(folder);
  const path = posix.normalize((isBelow ? posix.relative(workspace, folder) : folder) || '.');
  return path.replace(/(?<=.)\/$/, '');
}
