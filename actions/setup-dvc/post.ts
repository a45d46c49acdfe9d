import * as core from '@actions/core';
import { removeCredentials } from '../../src/github/job/credentials-file.ts';
import { runAction } from '../../src/github/job/report-failure.ts';

await runAction(async () => {
  const path = core.getState('credentials');
  if (!path) return;
  await removeCredentials(path);
  core.info('Removed the credentials of this job');
});
