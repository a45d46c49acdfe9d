import { type Command, Option } from 'commander';
import { FolderListings } from '../dvc/hash/folder-listings.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { requireDeps } from '../dvc/status/missing-deps.ts';
import { ExpectedFailure } from '../errors.ts';
import { isWorkspaceQuiet } from '../run/lock/lock.ts';
import { liveView, plainView } from '../run/progress/view.ts';
import type { RemoteUse } from '../run/remote/use.ts';
import { type RunResult, runPipeline } from '../run/run.ts';
import { staleElsewhere } from '../run/stale-elsewhere.ts';
import { runSummary } from '../run/summary.ts';
import { allUnchanged, projectStatus } from '../run/unchanged.ts';
import { requireStageCommands } from '../stage/command/commands.ts';
import { type ConfiguredStage, configureStages } from '../stage/options/options.ts';
import { trackedOuts } from '../stage/tracked-outs.ts';
import { stagesKeep, untilInterrupted } from '../system/interruption.ts';
import { addTargetOptions, chooseStages, type TargetFlags } from './session/choose-stages.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session/session.ts';

interface RunOptions extends TargetFlags {
  force?: boolean;
  json?: boolean;
  setParam?: string;
  /** Undefined unless --pull or --no-pull is given. */
  pull?: boolean;
}

export function addRunCommand(program: Command): void {
  addTargetOptions(program.command('run'))
    .summary('run the pipeline, each stage in its own container')
    .description(
      'Runs the stages of the dvc.yaml here, or the targets, with what they depend on, in whichever dvc.yaml that is. What did not change is not run again.',
    )
    .argument('[targets...]', 'stages, outs, dvc.yaml or .dvc files (default: the dvc.yaml here)')
    .option(
      '-f, --force',
      'run the stages and what they depend on even if nothing changed; with --single the named ones alone',
    )
    .option('-s, --single', 'only the targets, not what they depend on')
    .option('--downstream', 'the targets and what depends on them')
    .option('-p, --pipeline', 'all that is linked with the targets')
    .option('-P, --all-pipelines', 'every stage of every dvc.yaml of the project')
    .option('--pull', 'insist on the DVC remote: fail at once if it does not answer')
    .option('--no-pull', 'never ask the DVC remote: what is not here is made, or the run fails')
    .option('--json', 'print the result as JSON on standard output')
    .addOption(dvcOverrides())
    .addHelpText(
      'after',
      `
Examples:
  $ sibling run                 the whole pipeline
  $ sibling run train           train and what it depends on
  $ sibling run train --force   train again, whatever changed
  $ sibling run data/clean.csv  the stage that makes it
  $ sibling run sub/dvc.yaml    a pipeline in another folder
  $ sibling run -P              all pipelines of the project
  $ sibling run --no-pull       without the DVC remote, for example on a train
  $ sibling run --json | jq .stages`,
    )
    .action(async (targets: string[], options: RunOptions, command: Command) => {
      if (options.setParam !== undefined) throw noOverrides();
      const session = openProject(openSession(command.optsWithGlobals()));
      const listings = new FolderListings();
      const pipeline = await readPipelineWithPython(session.project.root, process.env, listings);
      const chosen = chooseStages(pipeline, session.folder, targets, options);
      const stages = configureStages(session.project.root, chosen.stages);
      requireStageCommands(pipeline, chosen.stages);
      const addresses = stages.map(({ stage }) => stage.address);
      const isByDefault = targets.length === 0 && chosen.reach !== 'all' && !options.json;
      const begun = performance.now();
      if (
        !options.force &&
        !chosen.hasSources &&
        options.pull !== true &&
        isWorkspaceQuiet(session.project) &&
        (await allUnchanged(session.project, pipeline, addresses, { listings }))
      ) {
        const seconds = (performance.now() - begun) / 1000;
        const unchanged = addresses.map((stage) => ({ stage, state: 'unchanged' as const }));
        show({ run: '', stages: unchanged, seconds }, stages, pipeline, session, options);
        if (isByDefault) await tellOthers(listings);
        return;
      }
      requireDeps(pipeline, chosen.stages);
      await refuseStaleTracked();
      const engine = await openEngine(session);
      const signal = untilInterrupted(stagesKeep);
      const isLive = process.stderr.isTTY === true && !session.verbose && !options.json;
      const view = isLive ? liveView(process.stderr, session.style) : plainView(process.stderr);
      try {
        const result = await runPipeline({
          project: session.project,
          env: session.env,
          engine,
          stages,
          targets: chosen.targets,
          reach: chosen.reach,
          force: options.force === true,
          singleItem: chosen.reach === 'single',
          pull: true,
          remoteUse: remoteUse(options),
          verbose: session.verbose,
          view,
          signal,
          colour: session.colour,
        });
        view.end();
        show(result, stages, pipeline, session, options);
        if (result.failure) throw new ExpectedFailure(result.failure);
        // What the run wrote is not in the listings of before.
        if (isByDefault) await tellOthers();
      } finally {
        view.end();
      }

      /** Before anything is built; those that only become stale in the run are refused in their turn. */
      async function refuseStaleTracked(): Promise<void> {
        const tracked = await trackedOuts(session.project.root, chosen.stages);
        if (tracked.length === 0) return;
        const status = await projectStatus(session.project, pipeline, { stages: addresses });
        const states = new Map(status.stages.map(({ address, state }) => [address, state]));
        const runs = (stage: string) => options.force === true || states.get(stage) === 'stale';
        const first = tracked.find(({ stage }) => runs(stage));
        if (first) throw first.failure;
      }

      /** As `dvc repro` takes the dvc.yaml here, which somebody may not have meant. */
      async function tellOthers(known?: FolderListings): Promise<void> {
        const line = await staleElsewhere(session.project, pipeline, addresses, known);
        if (line !== undefined) process.stderr.write(`${line}\n`);
      }
    });
}

/** What `dvc exp run` has, for those who look for it here. */
function dvcOverrides(): Option {
  return new Option('-S, --set-param <param>', 'other params for one run').hideHelp();
}

function noOverrides(): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: 'sibling run has no -S (--set-param): it runs with the params that are in their files',
    hint: 'Edit the params file; or, with sibling on PATH, make an experiment: dvc exp run -S NAME=VALUE. Workflows take params for one run.',
  });
}

function remoteUse({ pull }: RunOptions): RemoteUse {
  if (pull === undefined) return 'if-it-answers';
  return pull ? 'insisted' : 'never';
}

function show(
  result: RunResult,
  stages: readonly ConfiguredStage[],
  pipeline: Pipeline,
  session: ProjectSession,
  options: RunOptions,
): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    const text = runSummary(result, stages, pipeline, session.style);
    process.stderr.write(`\n${text}\n`);
  }
}
