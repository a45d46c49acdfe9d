import { type Command, Option } from 'commander';
import { dotGraph, mermaidGraph } from '../dvc/draw-graph.ts';
import { FolderListings } from '../dvc/hash/folder-listings.ts';
import type { Pipeline } from '../dvc/pipeline.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { stageReasons } from '../dvc/status/answer.ts';
import type { ProjectStatus, StageStatus } from '../dvc/status/pipeline-status.ts';
import { reasonText, statusText } from '../dvc/status/reason-text.ts';
import type { Reason } from '../dvc/status/stage-reasons.ts';
import { findTargets } from '../dvc/targets/find-targets.ts';
import { selectStages } from '../dvc/targets/select-stages.ts';
import { warnOfRemote } from '../run/remote/known.ts';
import { projectStatus } from '../run/unchanged.ts';
import { imageName } from '../stage/options/options.ts';
import { standIns } from '../stage/stand-ins/refuse.ts';
import { trackedOuts } from '../stage/tracked-outs.ts';
import { contains } from '../system/contains.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { placeText } from '../terminal/failure-text.ts';
import { style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { addTargetOptions } from './session/choose-stages.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session/session.ts';
import { warnOfStages } from './session/warn-of-stages.ts';

export function addInspectCommands(program: Command): void {
  addTargetOptions(program.command('status'))
    .summary('show which stages would run, and why')
    .description(
      'Shows for each stage of the project, or for the targets, whether it would run, and why.',
    )
    .argument('[targets...]', 'stages, outs, dvc.yaml or .dvc files (default: every stage)')
    .option('-d, --with-deps', 'the targets and what they depend on')
    .option('--json', 'print the answer as JSON')
    .option('--remote', 'ask the DVC remote whether it has the outs that the cache lacks')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling status\n  $ sibling status train\n  $ sibling status --remote\n  $ sibling status --json',
    )
    .action(async (targets: string[], options: StatusOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const listings = new FolderListings();
      const { root } = session.project;
      const pipeline = await readPipelineWithPython(root, process.env, listings);
      const wanted = wantedIn(pipeline, session.folder, targets, options);
      const native = await statusOf(session, pipeline, listings, wanted);
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
        : await statusByDvc(session, pipeline, wanted);
      warnOfStages(pipeline, session.report);
      await warnOfRemote(session.project, session.env, session.report);
      const asked = pipeline.stages.filter(({ address }) => !wanted || wanted.has(address));
      const refused = [
        ...(await standIns(root, asked, { hurried: true })),
        ...(await trackedOuts(root, asked)),
      ];
      for (const { failure } of refused) {
        const { cause, hint, place } = failure.failure;
        session.report(`warning: ${place ? `${placeText(place)}: ` : ''}${cause}. ${hint}`);
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
  addTargetOptions(program.command('dag'))
    .summary('draw the graph of stages')
    .description(
      'Draws the stages below what each depends on: = up to date, ▶ would run, ? for DVC to decide.',
    )
    .argument('[targets...]', 'draw these and what they depend on (default: every stage)')
    .addOption(new Option('--mermaid', 'as Mermaid, for Markdown').conflicts(['dot', 'json']))
    .addOption(new Option('--dot', 'as DOT, for Graphviz').conflicts('json'))
    .option('--json', 'as JSON, with states')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling dag\n  $ sibling dag train\n  $ sibling dag --mermaid >> README.md\n  $ sibling dag --dot | dot -Tsvg > dag.svg',
    )
    .action(async (targets: string[], options: DagOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const all = await readPipelineWithPython(session.project.root);
      const wanted = wantedIn(all, session.folder, targets, { ...options, withDeps: true });
      const stages = all.stages.filter(({ address }) => !wanted || wanted.has(address));
      warnOfStages({ ...all, stages }, session.report);
      process.stdout.write(await drawDag(session, { ...all, stages }, options));
    });
}

interface WantedOptions {
  readonly recursive?: boolean;
  readonly glob?: boolean;
  readonly withDeps?: boolean;
}

interface StatusOptions extends WantedOptions {
  readonly json?: boolean;
  readonly remote?: boolean;
}

/**
 * The stages and `.dvc` files that targets mean, by address, each with the path that names it where
 * it is named by one; undefined for all stages.
 */
function wantedIn(
  pipeline: Pipeline,
  folder: string,
  targets: readonly string[],
  options: WantedOptions,
): ReadonlyMap<string, string | undefined> | undefined {
  if (targets.length === 0) return undefined;
  const wanted = new Map<string, string | undefined>();
  for (const { stages, sources, path } of findTargets(pipeline, targets, { ...options, folder })) {
    for (const { address } of [...stages, ...sources]) {
      wanted.set(address, wanted.has(address) && wanted.get(address) !== path ? undefined : path);
    }
  }
  if (!options.withDeps) return wanted;
  const named = pipeline.stages.flatMap(({ address }) => (wanted.has(address) ? [address] : []));
  const before = named.length > 0 ? selectStages(pipeline, named, false) : [];
  return new Map([...before.map(({ address }) => [address, undefined] as const), ...wanted]);
}

/** The status of the wanted ones alone; of one that is named by an out, no other out counts. */
async function statusOf(
  { project }: ProjectSession,
  pipeline: Pipeline,
  listings: FolderListings,
  wanted: ReadonlyMap<string, string | undefined> | undefined,
): Promise<Pick<ProjectStatus, 'stages' | 'handovers'>> {
  const status = await projectStatus(project, pipeline, { listings });
  if (!wanted) return status;
  const all = [...status.stages, ...status.sources].filter(({ address }) => wanted.has(address));
  return {
    handovers: status.handovers,
    stages: all.map((each) => {
      const path = wanted.get(each.address);
      if (path === undefined || each.state !== 'stale') return each;
      const counts = (reason: Reason) => reason.kind !== 'out' || contains(reason.path, path);
      const reasons = each.reasons.filter(counts);
      return { ...each, reasons, state: reasons.length > 0 ? 'stale' : 'unchanged' };
    }),
  };
}

interface DagOptions extends WantedOptions {
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
  const { drawStates } = await import('../dvc/status/draw-states.ts');
  return `${drawStates(pipeline, states, styled, columns).join('\n')}\n`;
}

function outsNotCached({ reasons }: StageStatus): string[] {
  return reasons.flatMap((reason) =>
    reason.kind === 'out' && !reason.isCached && reason.change !== 'modified' ? [reason.path] : [],
  );
}

/**
 * Whether the remote has each of some outs that the cache lacks. `dvc status --cloud` calls `deleted`
 * what the remote alone has, and `missing` what neither has (dvc/repo/status.py). It says nothing of
 * outs with a remote of their own.
 */
async function askRemote(
  session: ProjectSession,
  outs: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  const answer = Object.entries(await askRunner(session, ['status', '--cloud', '--json']));
  return new Map(
    outs.flatMap((out) => {
      const found = answer.filter(([path]) => contains(out, path)).map(([, state]) => state);
      return found.length > 0 ? [[out, found.every((state) => state === 'deleted')]] : [];
    }),
  );
}

/** What DVC itself says, for a project with something that is not read here. */
async function statusByDvc(
  session: ProjectSession,
  pipeline: Pipeline,
  wanted: ReadonlyMap<string, string | undefined> | undefined,
) {
  const targets = wanted ? [...wanted].map(([address, path]) => path ?? address) : [];
  const answer = stageReasons(await askRunner(session, ['status', '--json', '--', ...targets]));
  // Stages that are not read here are known by DVC alone, which names those that changed.
  const known = pipeline.stages.map(({ address }) => address);
  const addresses = wanted?.keys() ?? new Set([...known, ...answer.keys()]);
  return [...addresses].map((address) => ({
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
  const { askDvc } = await import('../run/runner/ask-dvc.ts');
  const { accessDvc } = await import('./session/runner-access.ts');
  const engine = await openEngine(session);
  const signal = untilInterrupted();
  const { where, request } = await accessDvc(session, engine, signal);
  return JSON.parse(await askDvc(where, request, dvcArguments));
}
