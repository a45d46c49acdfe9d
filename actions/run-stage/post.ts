import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { connectEngine } from '../../src/container/engine.ts';
import { sweep } from '../../src/container/sweep.ts';
import { runAction } from '../../src/github/report-failure.ts';

await runAction(async () => {
  const run = core.getState('run');
  const root = core.getState('project');
  if (run) {
    const removed = await sweep(await connectEngine(process.env), { run });
    if (removed.length > 0) core.info(`Removed ${removed.join(', ')}, which were left behind`);
  }
  if (root) await rm(join(root, '.sibling/scratch'), { recursive: true, force: true });
});
