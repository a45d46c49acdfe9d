import { appendFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { committedFiles } from '../base/committed-files.ts';
import { lockFileOf } from '../dvc/lock/lock.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { git } from '../git/git.ts';
import { metricName } from '../metrics/name.ts';
import { readAlias } from '../promotion/alias.ts';
import { lockedCandidate, namedCandidate } from '../promotion/candidate.ts';
import { kinOf, refuseMixedLock } from '../promotion/lineage.ts';
import { lockedMetrics, metricsFiles } from '../promotion/locked-metrics.ts';
import { lockedStages } from '../promotion/locked-stages.ts';
import { declaredModels, type LockedOut } from '../promotion/model-out.ts';
import { type Promotion, promote } from '../promotion/promote.ts';
import { renderPromotion } from '../promotion/render.ts';
import type { PromotionRequest, Reasons } from '../promotion/request.ts';
import { stageGates } from '../report/read/result-files.ts';
import { markdown } from '../report/render/markdown/format.ts';
import { terminalFormat } from '../report/render/terminal/format.ts';
import { textOf } from '../revision/entry.ts';
import { projectStatus } from '../run/unchanged.ts';
import { configureStages } from '../stage/options/options.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { bringHere } from './session/bring-here.ts';
import { openRegistry } from './session/mlflow-access.ts';
import { registration } from './session/registration.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

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
      const reasons = readReasons(options, session.env);
      const alias = readAlias(options.alias);
      const number = options.version === undefined ? undefined : readNumber(options.version);
      const signal = untilInterrupted();
      const registry = await openRegistry(session, signal);
      const result = await promoteFrom(session, {
        client: registry.client,
        model: model ?? registry.model,
        project: registry.model,
        alias,
        number,
        reasons,
        dryRun: options.dryRun === true,
        signal,
      });
      if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      else process.stderr.write(`${renderPromotion(result, terminalFormat(session.style))}\n`);
      const summary = process.env.GITHUB_STEP_SUMMARY;
      if (summary) await appendFile(summary, `${renderPromotion(result, markdown)}\n`);
      if (result.outcome === 'refused') throw refused(result);
    });
}

type Wanted = Pick<PromotionRequest, 'client' | 'model' | 'alias' | 'reasons' | 'dryRun'> & {
  readonly project: string;
  readonly number: number | undefined;
  readonly signal: AbortSignal;
};

/** Finds what is to be promoted and what is known of it in the project's files, then promotes it. */
async function promoteFrom(session: ProjectSession, wanted: Wanted): Promise<Promotion> {
  const { project } = session;
  const pipeline = await readPipelineWithPython(project.root, process.env);
  const locks = lockedStages(pipeline);
  const stages = configureStages(project.root, pipeline.stages);
  const ownNames = [wanted.project, ...declaredModels(pipeline).map(({ name }) => name)];
  const sought = { ...wanted, pipeline, locks, ownNames };
  const { number, signal } = wanted;
  const { version, out } =
    number === undefined ? await lockedCandidate(sought) : await namedCandidate(sought, number);
  const kin = out ? kinOf(pipeline, out) : pipeline.stages;
  const gated = stages.filter(
    (each) => kin.includes(each.stage) && stageGates(each).some(({ level }) => level !== 'off'),
  );
  const measured = gated.map(({ stage }) => stage);
  if (out) {
    await refuseMixedLock(pipeline, locks, measured, async ({ address }) => {
      const options = { stages: [address], allowMissing: true };
      const [status] = (await projectStatus(project, pipeline, options)).stages;
      return status?.state === 'unchanged';
    });
    await bringHere(session, pipeline, metricsFiles(measured), signal);
  }
  return promote({
    ...wanted,
    version,
    register: registration(session, { ...sought, stages }, out),
    metrics: out && (await lockedMetrics(project.root, measured, locks)),
    gates: gated.flatMap(stageGates),
    lockCommit: out && (await lockCommit(session, out)),
  });
}

/** The commit that the work tree is on, if its dvc.lock has this very model. */
async function lockCommit(
  { project, report }: ProjectSession,
  { stage, path, hash }: LockedOut,
): Promise<string | undefined> {
  const file = lockFileOf(stage.file);
  const head = await git(project.root, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  const committed = head && textOf(await committedFiles(project.root, head).at(file));
  if (committed && 'text' in committed && committed.text.includes(hash)) return head;
  report(
    `${file} with this ${path} is not committed: sibling reproduce will have to look for its commit`,
  );
  return undefined;
}

function readReasons({ override }: PromoteOptions, env: NodeJS.ProcessEnv): Reasons {
  if (override?.trim() === '') {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: '--override has no reason',
      hint: 'Say why the gates shall not count: it is kept with the version.',
    });
  }
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return {
    by: env.GITHUB_ACTOR || env.DAGSHUB_USER_NAME || userName(),
    ...(server && repository && run && { run_url: `${server}/${repository}/actions/runs/${run}` }),
    ...(override !== undefined && { override }),
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

function refused({ model, alias, version, previous, rows, notes }: Promotion): ExpectedFailure {
  const broken = rows.filter((row) => row.broken && row.gate?.level === 'fail');
  const names = broken.map(({ key, file, problem }) =>
    problem ? `${file} (cannot be read)` : metricName(file, key),
  );
  const which = version === null ? 'the model in dvc.lock' : `version ${version} of ${model}`;
  const against = previous === undefined ? '' : ` against version ${previous}`;
  const why =
    names.length > 0
      ? `${names.join(', ')} ${names.length === 1 ? 'breaks its gate' : 'break their gates'}${against}`
      : (notes[0] ?? '').replace(/\.$/, '');
  return new ExpectedFailure({
    kind: 'gate',
    cause: `${which} does not become ${alias}: ${why}`,
    hint: 'The table has the values; gates are under meta.sibling.metrics in dvc.yaml. --override REASON promotes it all the same.',
  });
}
