import { type Command, Option } from 'commander';
import { contains } from '../contains.ts';
import { dotGraph, mermaidGraph } from '../dvc/draw-graph.ts';
import { FolderListings } from '../dvc/folder-listings.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import type { StageStatus } from '../dvc/pipeline-status.ts';
import { readPipelineWithPython } from '../dvc/read-pipeline.ts';
import { reasonText, statusText } from '../dvc/reason-text.ts';
import { stageReasons } from '../dvc/status-answer.ts';
import { placeText } from '../failure-text.ts';
import { untilInterrupted } from '../interruption.ts';
import { commandFailures } from '../stage-command/stage-commands.ts';
import { imageName } from '../stage-options.ts';
import { style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { projectStatus } from '../unchanged.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session.ts';

export function addInspectCommands(program: Command): void {
  program
    .command('status')
    .summary('show which stages would run, and why')
    .description('Shows for each stage whether it would run, and why.')
    .option('--json', 'print the answer as JSON')
    .option('--remote', 'ask the DVC remote whether it has the outs that the cache lacks')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling status\n  $ sibling status --remote\n  $ sibling status --json',
    )
    .action(async (options: { json?: boolean; remote?: boolean }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const listings = new FolderListings();
      const { root } = session.project;
      const pipeline = await readPipelineWithPython(root, process.env, listings);
      const native = await projectStatus(session.project, pipeline, { listings });
      const isCertain =
        native.handovers.length === 0 && native.stages.every(({ state }) => state !== 'ask-dvc');
      const imageFolders = new Set(pipeline.stages.map(imageName));
      const lacking = options.remote ? native.stages.flatMap(outsNotCached) : [];
      const inRemote = lacking.length > 0 ? await askRemote(session, lacking) : new Map();
      const words = { imageFolders, inRemote };
      const stages = isCertain
        ? native.stages.map((status) => ({
            stage: status.address,
            changed: status.state === 'stale',
            reasons: status.reasons.map((reason) => reasonText(reason, words)),
            text: statusText(status, words),
          }))
        : await statusByDvc(session, pipeline);
      const failure = commandFailures(pipeline, pipeline.stages).next().value;
      if (failure) {
        const { cause, place } = failure;
        const where = place ? `${placeText(place)}: ` : '';
        session.report(`warning: ${where}${cause}; sibling doctor says what to write`);
      }
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ stages }, null, 2)}\n`);
        return;
      }
      const styled = style(process.stdout.isTTY === true && session.colour);
      const rows = stages.map(({ stage, changed, text }) => [
        changed ? styled.yellow('▶') : styled.green('='),
        stage,
        text,
      ]);
      process.stdout.write(`${table(rows)}\n`);
    });
  program
    .command('dag')
    .summary('draw the graph of stages')
    .description(
      'Draws the stages below what each depends on: = up to date, ▶ would run, ? for DVC to decide.',
    )
    .addOption(new Option('--mermaid', 'as Mermaid, for Markdown').conflicts(['dot', 'json']))
    .addOption(new Option('--dot', 'as DOT, for Graphviz').conflicts('json'))
    .option('--json', 'as JSON, with states')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling dag\n  $ sibling dag --mermaid >> README.md\n  $ sibling dag --dot | dot -Tsvg > dag.svg',
    )
    .action(async (options: DagOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const pipeline = await readPipelineWithPython(session.project.root);
      process.stdout.write(await drawDag(session, pipeline, options));
    });
}

interface DagOptions {
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly json?: boolean;
}

async function drawDag(
  session: ProjectSession,
  pipeline: Pipeline,
  { mermaid, dot, json }: DagOptions,
): Promise<string> {
  if (mermaid) return mermaidGraph(pipeline);
  if (dot) return dotGraph(pipeline);
  const status = await projectStatus(session.project, pipeline);
  const states = new Map(status.stages.map(({ address, state }) => [address, state]));
  if (json) {
    const stages = pipeline.stages.map(({ address }) => ({
      stage: address,
      state: states.get(address) ?? 'ask-dvc',
      upstream: pipeline.upstream.get(address) ?? [],
    }));
    return `${JSON.stringify({ stages }, null, 2)}\n`;
  }
  const { columns, isTTY } = process.stdout;
  const styled = style(isTTY === true && session.colour);
  const { drawStates } = await import('../terminal/graph/draw-states.ts');
  return `${drawStates(pipeline, states, styled, columns).join('\n')}\n`;
}

function outsNotCached({ reasons }: StageStatus): string[] {
  return reasons.flatMap((reason) =>
    reason.kind === 'out' && !reason.isCached && reason.change !== 'modified' ? [reason.path] : [],
  );
}

/**
 * Whether the remote has each of some outs that the cache lacks. `dvc status --cloud` calls `deleted`
 * what the remote alone has, and `missing` what neither has (dvc/repo/status.py).
 */
async function askRemote(
  session: ProjectSession,
  outs: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  const answer = Object.entries(await askRunner(session, ['status', '--cloud', '--json']));
  return new Map(
    outs.map((out) => {
      const found = answer.filter(([path]) => contains(out, path)).map(([, state]) => state);
      return [out, found.length > 0 && found.every((state) => state === 'deleted')];
    }),
  );
}

/** What DVC itself says, for a project with something that is not read here. */
async function statusByDvc(session: ProjectSession, pipeline: Pipeline) {
  const answer = stageReasons(await askRunner(session, ['status', '--json']));
  return pipeline.stages.map(({ address }) => ({
    stage: address,
    changed: answer.has(address),
    reasons: answer.get(address) ?? [],
    text: answer.get(address)?.join('; ') ?? 'up to date',
  }));
}

/** The JSON that DVC answers. */
async function askRunner(
  session: ProjectSession,
  dvcArguments: readonly string[],
): Promise<Record<string, unknown>> {
  const { askDvc } = await import('../ask-dvc.ts');
  const { accessDvc } = await import('./runner-access.ts');
  const engine = await openEngine(session);
  const signal = untilInterrupted();
  const { where, request } = await accessDvc(session, engine, signal);
  return JSON.parse(await askDvc(where, request, dvcArguments));
}
