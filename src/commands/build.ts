import type { Command } from 'commander';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { selectStages } from '../dvc/select-stages.ts';
import { untilInterrupted } from '../interruption.ts';
import { prepareImages } from '../prepare.ts';
import { insideRunner } from '../runner.ts';
import { configureStages } from '../stage-options.ts';
import { duration, table } from '../terminal/table.ts';
import { openEngine, openProject, openSession } from './session.ts';

export function addBuildCommand(program: Command): void {
  program
    .command('build')
    .summary('make the images that the pipeline needs')
    .description(
      'Makes the images of the stages and of the dvc-runner. What exists is not built again.',
    )
    .argument('[stages...]', 'stages (default: all)')
    .option('--json', 'print the images as JSON on standard output')
    .addHelpText('after', '\nExamples:\n  $ sibling build\n  $ sibling build train --verbose')
    .action(async (names: string[], options: { json?: boolean }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const { root } = session.project;
      const stages = configureStages(root, selectStages(readPipeline(root), names, true));
      const engine = await openEngine(session);
      const request = { ...session, engine, signal: untilInterrupted() };
      const ready = await prepareImages(request, stages, {
        runner: !insideRunner(session.env),
        localTracking: false,
      });
      const runner = ready.runner ? [['dvc-runner', ready.runner] as const] : [];
      const images = [...ready.stages, ...runner];
      if (options.json) {
        process.stdout.write(`${JSON.stringify(Object.fromEntries(images), null, 2)}\n`);
        return;
      }
      const rows = images.map(([name, image]) => [
        name,
        image.reference,
        image.source === 'local' ? 'was there' : image.source,
        image.source === 'local' ? '' : duration(image.seconds),
      ]);
      process.stdout.write(`${table(rows)}\n`);
    });
}
