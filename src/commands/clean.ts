import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { existingBaseImage } from '../container/base-image/base-image.ts';
import type { Engine } from '../container/engine.ts';
import { removeUnusedImages } from '../container/image/unused.ts';
import { engineKnows, leftoversOf, sweep } from '../container/sweep.ts';
import { readPipeline } from '../dvc/read/pipeline.ts';
import { clearCheckouts } from '../run/leftover-checkouts.ts';
import { lockWorkspace } from '../run/lock/lock.ts';
import { expectedReferences } from '../run/prepare/prepare.ts';
import { newRunId } from '../run/run.ts';
import { configureStages } from '../stage/options/options.ts';
import { clearScratch } from '../stage/scratch/clear-scratch.ts';
import { removeTree } from '../system/remove-tree.ts';
import { openProject, openSession, type ProjectSession, runningEngine } from './session/session.ts';

export function addCleanCommand(program: Command): void {
  program
    .command('clean')
    .summary('remove leftovers: containers, scratch folders, logs of runs')
    .description(
      "Removes this project's leftover containers, scratch folders and run logs. Data, the DVC cache and dvc.lock stay.",
    )
    .option('--images', "remove Sibling's images too, except those that the pipeline uses now")
    .addHelpText('after', '\nExamples:\n  $ sibling clean\n  $ sibling clean --images')
    .action(async (options: { images?: boolean }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const { project } = session;
      const engine = await runningEngine(session);
      if (!engine) session.report('No container engine runs here: only files are removed');
      const lock = await lockWorkspace(project, newRunId(), async (owner) =>
        engine ? engineKnows(engine, owner) : 'absent',
      );
      try {
        const removed = engine ? await sweep(engine, leftoversOf(engine, project.id, lock)) : [];
        for (const name of removed) session.report(`Removed container ${name}`);
        const logs = logsIn(join(project.root, '.sibling/runs'));
        if (logs > 0)
          session.report(
            `Removed the log${logs === 1 ? '' : 's'} of ${logs} run${logs === 1 ? '' : 's'}`,
          );
        await clearScratch(project.root);
        for (const folder of ['runs', 'kept', 'outside', 'called']) {
          await removeTree(join(project.root, '.sibling', folder));
        }
        await clearCheckouts(project);
        if (options.images && engine) await removeImages(session, engine);
        session.report('Clean');
      } finally {
        await lock.release();
      }
    });
}

function logsIn(folder: string): number {
  return existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith('.log')).length
    : 0;
}

async function removeImages(session: ProjectSession, engine: Engine): Promise<void> {
  const { root } = session.project;
  const base = await existingBaseImage(engine.docker, session.env);
  const stages = configureStages(root, readPipeline(root).stages);
  const keep = base ? expectedReferences(session, base, stages) : new Set<string>();
  const images = await removeUnusedImages(engine.docker, keep);
  for (const image of images) session.report(`Removed image ${image}`);
}
