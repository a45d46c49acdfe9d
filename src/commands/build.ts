import type { Command } from 'commander';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { findTargets, type TargetOptions } from '../dvc/targets/find-targets.ts';
import { prepareImages } from '../run/prepare/prepare.ts';
import { insideRunner } from '../run/runner/runner.ts';
import { configureStages } from '../stage/options/options.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { duration, table } from '../terminal/table.ts';
import { addTargetOptions } from './session/choose-stages.ts';
import { openEngine, openProject, openSession } from './session/session.ts';

interface BuildOptions {
  json?: boolean;
  recursive?: boolean;
  glob?: boolean;
}

export function addBuildCommand(program: Command): void {
  addTargetOptions(program.command('build'))
    .summary('make the images that the pipeline needs')
    .description(
      'Makes the images of the stages and of the dvc-runner. What exists is not built again.',
    )
    .argument('[targets...]', 'stages, outs or dvc.yaml files (default: all)')
    .option('--json', 'print the images as JSON on standard output')
    .addHelpText('after', '\nExamples:\n  $ sibling build\n  $ sibling build train --verbose')
    .action(async (names: string[], options: BuildOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const { root } = session.project;
      const wanted = stagesOf(await readPipelineWithPython(root), names, {
        ...options,
        folder: session.folder,
      });
      const stages = configureStages(root, wanted);
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

function stagesOf(
  pipeline: Pipeline,
  targets: readonly string[],
  options: TargetOptions,
): readonly Stage[] {
  if (targets.length === 0) return pipeline.stages;
  const found = new Set(findTargets(pipeline, targets, options).flatMap(({ stages }) => stages));
  return pipeline.stages.filter((stage) => found.has(stage));
}
