import { join } from 'node:path';
import type { Command } from 'commander';
import { engineRuns, sweep } from '../container/sweep.ts';
import { removeUnusedImages } from '../container/unused-images.ts';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { untilInterrupted } from '../interruption.ts';
import { baseImage, expectedReferences } from '../prepare.ts';
import { newRunId } from '../run.ts';
import { lockWorkspace } from '../run-lock.ts';
import { removeTree } from '../scratch/remove-tree.ts';
import { configureStages } from '../stage-options.ts';
import { openEngine, openProject, openSession } from './session.ts';

export function addCleanCommand(program: Command): void {
  program
    .command('clean')
    .summary('remove leftovers: containers, scratch folders, old logs')
    .description(
      "Removes this project's leftover containers, scratch folders and run logs. Data, the DVC cache and dvc.lock stay.",
    )
    .option('--images', "remove Sibling's images too, except those that the pipeline uses now")
    .addHelpText('after', '\nExamples:\n  $ sibling clean\n  $ sibling clean --images')
    .action(async (options: { images?: boolean }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const { project } = session;
      const engine = await openEngine(session);
      const lock = await lockWorkspace(project, newRunId(), (owner) => engineRuns(engine, owner));
      try {
        const removed = await sweep(engine, { project: project.id, except: lock.others });
        for (const name of removed) session.report(`Removed container ${name}`);
        for (const folder of ['scratch', 'runs']) {
          await removeTree(join(project.root, '.sibling', folder));
        }
        if (options.images) {
          const request = { ...session, engine, signal: untilInterrupted() };
          const stages = configureStages(project.root, readPipeline(project.root).stages);
          const keep = expectedReferences(request, await baseImage(request), stages);
          const images = await removeUnusedImages(engine.docker, keep);
          for (const image of images) session.report(`Removed image ${image}`);
        }
        session.report('Clean');
      } finally {
        await lock.release();
      }
    });
}
