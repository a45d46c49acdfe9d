import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { connectEngine, isEngineAbsent } from '../../src/container/engine.ts';
import { sweep } from '../../src/container/sweep.ts';
import { runAction } from '../../src/github/job/report-failure.ts';

await runAction(async () => {
  const run = core.getState('run');
  const root = core.getState('project');
  try {
    if (run) await sweepRun(run);
  } finally {
    if (root) await rm(join(root, '.sibling/scratch'), { recursive: true, force: true });
  }
});

/** Removes what is left of a run; without an engine there is nothing. */
async function sweepRun(run: string): Promise<void> {
  const engine = await connectEngine(process.env).catch((error) => {
    if (isEngineAbsent(error)) return undefined;
    throw error;
  });
  const removed = engine ? await sweep(engine, { run }) : [];
  if (removed.length > 0) core.info(`Removed ${removed.join(', ')}, which were left behind`);
}
