import { appendFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { lockFileOf } from '../dvc/lock.ts';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { git } from '../git.ts';
import { untilInterrupted } from '../interruption.ts';
import { readAlias } from '../promotion/alias.ts';
import { lockedCandidate, namedCandidate } from '../promotion/candidate.ts';
import { lockedMetrics } from '../promotion/gated-metrics.ts';
import type { LockedOut } from '../promotion/model-out.ts';
import { promote } from '../promotion/promote.ts';
import { registerModel } from '../promotion/register-model.ts';
import { renderPromotion } from '../promotion/render.ts';
import { markdown } from '../report/markdown-format.ts';
import { stageGates } from '../report/result-files.ts';
import { terminalFormat } from '../report/terminal-format.ts';
import { type ConfiguredStage, configureStages } from '../stage-options.ts';
import { printStageOutput } from '../terminal/stage-output.ts';
import { bringHere } from './bring-here.ts';
import { openRegistry } from './mlflow-access.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session.ts';

interface PromoteOptions {
  alias: string;
  version?: string;
  dryRun?: boolean;
  override?: string;
  json?: boolean;
}

export function addPromoteCommand(program: Command): void {
  program
    .command('promote')
    .summary('point an alias of the model registry at the model in dvc.lock, if its metrics allow')
    .description(
      'Compares the model that dvc.lock names with the version that holds the alias, by the gates under meta.sibling.metrics, and moves the alias to it. Registers it first if its stage came from the cache.',
    )
    .argument('[model]', 'the registered model (default: the project’s name)')
    .option(
      '--alias <name>',
      'the alias; Staging and Production mean staging and production',
      'production',
    )
    .option('--version <number>', 'this version instead of the one in dvc.lock')
    .option('--dry-run', 'compare, and change nothing')
    .option(
      '--override <reason>',
      'promote although a gate is broken; the reason goes into the tags',
    )
    .option('--json', 'print the result as JSON on standard output')
    .addHelpText(
      'after',
      `
Examples:
  $ sibling promote                       the model in dvc.lock becomes production
  $ sibling promote --alias staging --dry-run
  $ sibling promote --version 3 --override "back to what worked"`,
    )
    .action(async (model: string | undefined, options: PromoteOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const alias = readAlias(options.alias);
      const number = options.version === undefined ? undefined : readNumber(options.version);
      const signal = untilInterrupted();
      const { root } = session.project;
      const pipeline = readPipeline(root, process.env);
      const stages = configureStages(root, pipeline.stages);
      const gates = stages.flatMap(stageGates);
      const registry = await openRegistry(session, signal);
      const named = model === undefined ? registry : { ...registry, model };
      const sought = { ...named, alias, pipeline, register: registration(session, stages, signal) };
      const { version, out } =
        number === undefined ? await lockedCandidate(sought) : await namedCandidate(sought, number);
      if (out) await bringHere(session, gatedFiles(stages), signal);
      const result = await promote({
        ...named,
        alias,
        version,
        metrics: out && (await lockedMetrics(root, stages, out)),
        gates,
        lockCommit: out && (await lockCommit(session, out)),
        by: whoAsks(session.env),
        dryRun: options.dryRun === true,
        ...(options.override !== undefined && { override: options.override }),
        signal,
      });
      if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      else process.stderr.write(`${renderPromotion(result, terminalFormat(session.style))}\n`);
      const summary = process.env.GITHUB_STEP_SUMMARY;
      if (summary) await appendFile(summary, `${renderPromotion(result, markdown)}\n`);
      if (result.outcome === 'refused') throw refused(result);
    });
}

/** Registers a model whose stage came from the cache, saying so. */
function registration(
  session: ProjectSession,
  stages: readonly ConfiguredStage[],
  signal: AbortSignal,
) {
  return async (out: LockedOut): Promise<void> => {
    const makes = stages.find(({ stage }) => stage === out.stage);
    if (!makes) throw new Error(`no stage makes ${out.path}`);
    session.report(`No version in the registry is this ${out.path}: registering it`);
    const made = new Set(stages.flatMap(({ stage }) => stage.outs.map(({ path }) => path)));
    const read = out.stage.deps.filter((path) => made.has(path));
    await bringHere(session, [...read, ...out.stage.outs.map(({ path }) => path)], signal);
    const prefix = session.style.named(out.stage.address, `[${out.stage.address}]`);
    const engine = await openEngine(session);
    await registerModel(
      {
        ...session,
        engine,
        signal,
        // Standard output is for the result.
        onOutput: (output) => printStageOutput({ ...output, stream: 'stderr' }, prefix),
      },
      makes,
      out,
    );
  };
}

/** The metrics files that gates look at. */
function gatedFiles(stages: readonly ConfiguredStage[]): string[] {
  return stages
    .filter((configured) => stageGates(configured).length > 0)
    .flatMap(({ stage }) => stage.outs.filter(({ kind }) => kind === 'metric'))
    .map(({ path }) => path);
}

/** The commit that the work tree is on, if its dvc.lock has this very model. */
async function lockCommit(
  { project, report }: ProjectSession,
  { stage, path, hash }: LockedOut,
): Promise<string | undefined> {
  const file = lockFileOf(stage.file);
  const committed = await git(project.root, 'show', `HEAD:./${file}`);
  if (committed?.includes(hash)) return git(project.root, 'rev-parse', 'HEAD');
  report(
    `${file} with this ${path} is not committed: sibling reproduce will have to look for its commit`,
  );
  return undefined;
}

function whoAsks(env: NodeJS.ProcessEnv): Record<string, string> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const by = env.DAGSHUB_USER_NAME || env.GITHUB_ACTOR || userName();
  return {
    by,
    ...(server && repository && run && { run_url: `${server}/${repository}/actions/runs/${run}` }),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a uid without a name, as in a container
  }
}

function readNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${JSON.stringify(text)} is not the number of a version`,
    hint: 'sibling models shows the versions.',
  });
}

function refused({ model, alias, version, previous, rows }: Awaited<ReturnType<typeof promote>>) {
  const broken = rows.filter((row) => row.broken && row.gate?.level === 'fail');
  const against = previous === undefined ? '' : ` against version ${previous}`;
  return new ExpectedFailure({
    kind: 'gate',
    cause: `version ${version} of ${model} does not become ${alias}: ${broken.map(({ key }) => key).join(', ')} ${broken.length === 1 ? 'breaks its gate' : 'break their gates'}${against}`,
    hint: 'The table has the values; gates are under meta.sibling.metrics in dvc.yaml. --override REASON promotes it all the same.',
  });
}
