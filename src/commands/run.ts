import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { choosePlacement } from '../container/files/choose.ts';
import { FolderListings } from '../dvc/folder-listings.ts';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { selectStages } from '../dvc/select-stages.ts';
import { ExpectedFailure } from '../errors.ts';
import { untilInterrupted } from '../interruption.ts';
import { type RunResult, runPipeline } from '../run.ts';
import { isWorkspaceQuiet } from '../run-lock.ts';
import type { StageProgress } from '../run-progress.ts';
import { type ConfiguredStage, configureStages } from '../stage-options.ts';
import { liveView, plainView, stateMark, stateText } from '../terminal/run-view.ts';
import type { Style } from '../terminal/style.ts';
import { duration, table } from '../terminal/table.ts';
import { allUnchanged } from '../unchanged.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session.ts';

interface RunOptions {
  force?: boolean;
  single?: boolean;
  json?: boolean;
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .summary('run the pipeline, each stage in its own container')
    .description(
      'Runs the pipeline of dvc.yaml, or the named stages with what they depend on. What did not change is not run again.',
    )
    .argument('[stages...]', 'stages to run (default: all)')
    .option('-f, --force', 'run the named stages even if nothing changed')
    .option('-s, --single', 'only the named stages, not what they depend on')
    .option('--json', 'print the result as JSON on standard output')
    .addHelpText(
      'after',
      `
Examples:
  $ sibling run                 the whole pipeline
  $ sibling run train           train and what it depends on
  $ sibling run train --force   train again, whatever changed
  $ sibling run --json | jq .stages`,
    )
    .action(async (targets: string[], options: RunOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const listings = new FolderListings();
      const pipeline = readPipeline(session.project.root, process.env, listings);
      const stages = configureStages(
        session.project.root,
        selectStages(pipeline, targets, options.single === true),
      );
      const addresses = stages.map(({ stage }) => stage.address);
      const begun = performance.now();
      if (
        !options.force &&
        isWorkspaceQuiet(session.project) &&
        (await allUnchanged(session.project, pipeline, addresses, { listings }))
      ) {
        const seconds = (performance.now() - begun) / 1000;
        const unchanged = addresses.map((stage) => ({ stage, state: 'unchanged' as const }));
        show({ run: '', stages: unchanged, seconds }, stages, session, options);
        return;
      }
      const engine = await openEngine(session);
      const signal = untilInterrupted();
      const isLive = process.stderr.isTTY === true && !session.verbose && !options.json;
      const view = isLive ? liveView(process.stderr, session.style) : plainView(process.stderr);
      try {
        const result = await runPipeline({
          project: session.project,
          env: session.env,
          engine,
          placement: await choosePlacement(engine),
          stages,
          targets,
          force: options.force === true,
          singleItem: options.single === true,
          pull: true,
          verbose: session.verbose,
          view,
          signal,
          colour: session.colour,
        });
        view.end();
        show(result, stages, session, options);
        if (result.failure) throw new ExpectedFailure(result.failure);
      } finally {
        view.end();
      }
    });
}

function show(
  result: RunResult,
  stages: readonly ConfiguredStage[],
  session: ProjectSession,
  options: RunOptions,
): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    const text = summary(result, stages, session.project.root, session.style);
    process.stderr.write(`\n${text}\n`);
  }
}

/** The table at the end of a run, and where to look next. */
function summary(
  result: RunResult,
  stages: readonly ConfiguredStage[],
  root: string,
  style: Style,
): string {
  const rows = result.stages.map((progress) => [
    stateMark(progress.state, style),
    style.named(progress.stage, progress.stage),
    stateText(progress, style),
    progress.seconds === undefined ? '' : duration(progress.seconds),
    style.dim(progress.image ?? ''),
  ]);
  const lines = [table([['', 'stage', 'outcome', 'time', 'image'].map(style.bold), ...rows])];
  const ran = result.stages.filter((progress) => progress.state === 'ran').length;
  if (!result.failure) lines.push('', verdict(result.stages, ran, result.seconds));
  for (const { file, values } of mainMetrics(stages, root)) {
    lines.push(`  metrics  ${file}: ${values}`);
  }
  if (result.trackingUri) lines.push(`  MLflow   ${result.trackingUri}`);
  return lines.join('\n');
}

function verdict(stages: readonly StageProgress[], ran: number, seconds: number): string {
  if (ran > 0) return `${ran} of ${stages.length} stages ran, in ${duration(seconds)}.`;
  const cached = stages.filter((progress) => progress.state === 'cached').length;
  if (cached > 0) return `No stage ran: ${cached} came from the cache (${duration(seconds)}).`;
  return `Nothing changed: commands, deps, params and outs of all stages are as dvc.lock says (${duration(seconds)}).`;
}

const shownMetrics = 4;

/** The first numbers of each metrics file, those with a gate before the others. */
function mainMetrics(
  stages: readonly ConfiguredStage[],
  root: string,
): { file: string; values: string }[] {
  return stages.flatMap(({ stage, options }) => {
    const gated = Object.keys(options.metrics as object);
    return stage.outs
      .filter((out) => out.kind === 'metric')
      .flatMap((out) => {
        const numbers = numbersOf(join(root, out.path));
        const first = numbers.filter(([key]) => gated.includes(key));
        const rest = numbers.filter(([key]) => !gated.includes(key));
        const values = [...first, ...rest]
          .slice(0, shownMetrics)
          .map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
        return values.length > 0 ? [{ file: out.path, values: values.join(', ') }] : [];
      });
  });
}

function numbersOf(path: string): [string, number][] {
  try {
    return flatten(parse(readFileSync(path, 'utf8')), '');
  } catch {
    return []; // absent, or not a file that can be summed up in a line
  }
}

function flatten(value: unknown, prefix: string): [string, number][] {
  if (typeof value === 'number') return [[prefix, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    flatten(child, prefix === '' ? key : `${prefix}.${key}`),
  );
}
