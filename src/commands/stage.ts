import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { connectEngine } from '../container/engine.ts';
import { choosePlacement } from '../container/files/choose.ts';
import type { EnsuredImage } from '../container/image/image.ts';
import { engineKnows } from '../container/sweep.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { findTargets } from '../dvc/targets/find-targets.ts';
import { parseTarget } from '../dvc/targets/target-text.ts';
import { ExpectedFailure, exitCodeOf } from '../errors.ts';
import { originOf } from '../git/git.ts';
import { readStageCall, type StageCall, tellLauncher } from '../run/call/call.ts';
import { calledCommands } from '../run/call/called-commands.ts';
import { joinWorkspace } from '../run/lock/lock.ts';
import { runContext } from '../run/prepare/context.ts';
import { baseImage, type ImageRequest, stageImage } from '../run/prepare/prepare.ts';
import { networkName, type StageTracking, trackingOf } from '../run/prepare/stage-tracking.ts';
import { newRunId } from '../run/run.ts';
import type { RunFacts } from '../run/runner/handed-over.ts';
import { projectDepHashes } from '../run/unchanged.ts';
import { declaredIn, keepSecret } from '../secrets/known.ts';
import { wordsLeftOut } from '../stage/command/words-left-out.ts';
import type { StageOptions } from '../stage/options/options.ts';
import { configureStages } from '../stage/options/options.ts';
import { printStageOutput } from '../stage/output.ts';
import { runStage } from '../stage/stage.ts';
import { errorBehind, stagesKeep, untilInterrupted } from '../system/interruption.ts';
import { explainSystemError } from '../system/refusal.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

export function addStageCommand(program: Command): void {
  program
    .command('stage')
    .summary('run one stage in its container, now: the cmd of a stage in dvc.yaml')
    .description(
      'Runs one stage of dvc.yaml in its container and moves its outs into the workspace. This is what DVC calls; a person calls "sibling run".',
    )
    .argument('<name>', 'the stage')
    .argument('[command...]', 'runs instead of the image’s own command; write it after --')
    .addHelpText(
      'after',
      `
Examples (in dvc.yaml):
  cmd: sibling stage train
  cmd: sibling stage train -- python src/train.py --fast`,
    )
    .action(async (name: string, words: string[], _options: unknown, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const call = readStageCall(process.env);
      try {
        await stage(session, name, words, call);
      } catch (thrown) {
        const error = explainSystemError(errorBehind(thrown));
        if (!call?.events || !(error instanceof ExpectedFailure)) throw error;
        // The launcher hears of each failure, also of one before the stage's container started.
        const { failure } = error;
        const ended = { seconds: 0, outs: [], logTail: [], failure };
        tellLauncher(call, { type: 'stage-ended', stage: call.stage, ...ended });
        process.exitCode = exitCodeOf(error);
      }
    });
}

async function stage(
  session: ProjectSession,
  name: string,
  words: readonly string[],
  call: StageCall | undefined,
): Promise<void> {
  const { project } = session;
  const declared = await findStage(session, name, call);
  const called = await calledCommands(project, declared, words, { call, env: process.env });
  if (called.commands.length === 0) return;
  const leftOut = call ? undefined : wordsLeftOut(project.root, declared, words);
  if (leftOut !== undefined) session.report(leftOut);
  const [configured] = configureStages(project.root, [declared]);
  if (!configured) return;
  const { options } = configured;
  const engine = await connectEngine(session.env);
  const signal = untilInterrupted(stagesKeep);
  const run = process.env.SIBLING_RUN_ID ?? newRunId();
  if (!process.env.SIBLING_RUN_ID) {
    await joinWorkspace(project, run, declared.address, (owner) => engineKnows(engine, owner));
  }
  const given = givenFacts();
  const image = await imageOf({ ...session, engine, signal }, given, declared, options);
  const tracking =
    options.network === 'tracking'
      ? await givenTracking({ ...session, engine, signal })
      : undefined;
  const context = await givenContext(session, given, run);
  const env = { ...session.env, ...givenEnvironment(), ...tracking?.env };
  const names = options.env.map(({ name: variable }) => variable);
  keepSecret(env, declaredIn(project.root, names, env));
  let isStarted = false;
  const prefix = session.style.named(declared.address, `[${declared.address}]`);
  const result = await runStage(declared, options, {
    engine,
    project,
    run,
    placement: await choosePlacement(engine, project, session.env, async () => image.id),
    env,
    variables: {
      SIBLING_STAGE: declared.address,
      SIBLING_TRACKING: tracking?.network === 'none' ? 'optional' : options.tracking,
    },
    context: {
      ...context,
      stage: declared.address,
      image: image.reference,
      base_image: image.base ?? null,
      deps: await projectDepHashes(project, declared),
    },
    network: networkName(options, tracking),
    image: image.id,
    commands: called.commands,
    defaultMemory: Math.round(engine.memory * 0.75),
    onOutput: (output) => printStageOutput(output, prefix, call ? 'one' : 'two'),
    onStarted: (container) => {
      if (isStarted || !call) return; // a list's further commands are the same stage
      isStarted = true;
      const { reference, id } = image;
      const made = { image: reference, imageId: id, container };
      tellLauncher(call, { type: 'stage-started', stage: call.stage, ...made });
    },
    signal,
  });
  if (call) tellLauncher(call, { type: 'stage-ended', stage: call.stage, ...result });
  await (result.failure ? called.failed() : called.succeeded());
  if (!result.failure) return;
  const failure = new ExpectedFailure(result.failure);
  // The launcher explains a failure that it hears of by an event; DVC needs the exit code only.
  if (call?.events) process.exitCode = exitCodeOf(failure);
  else throw failure;
}

/**
 * The runner names the stage in full. A host's own DVC tells which one it runs in DVC_STAGE, which
 * for a foreach or matrix is more exact than the name in `cmd`, and runs it in its working
 * directory; the dvc.yaml is named as seen from where DVC was started. Elsewhere the name is the one
 * in the dvc.yaml of the current folder.
 */
async function findStage(
  session: ProjectSession,
  name: string,
  call: StageCall | undefined,
): Promise<Stage> {
  const pipeline = await readPipelineWithPython(session.project.root);
  const byRunner = pipeline.stages.find(({ address }) => address === call?.stage);
  const found = byRunner ?? calledByDvc(pipeline.stages, session.folder || '.', name);
  if (found) return found;
  const [named] = findTargets(pipeline, [name], { folder: session.folder });
  return onlyStage(name, named?.stages ?? []);
}

/** A target may name any number of stages; here one is run. */
function onlyStage(name: string, stages: readonly Stage[]): Stage {
  const [first] = stages;
  if (first && stages.length === 1) return first;
  const addresses = stages.map(({ address }) => address).join(', ');
  throw new ExpectedFailure(
    first
      ? {
          kind: 'usage',
          cause: `${name} names ${stages.length} stages`,
          hint: `Name one of these: ${addresses}.`,
        }
      : {
          kind: 'usage',
          cause: `${name} has no stage`,
          hint: '`sibling run` names all stages; data that `dvc add` and `dvc import` brought need none.',
        },
  );
}

/** The stage that DVC_STAGE tells of, called in the folder `here`. */
function calledByDvc(stages: readonly Stage[], here: string, name: string): Stage | undefined {
  const told = process.env.DVC_STAGE ?? '';
  const { file = 'dvc.yaml', name: toldName } = parseTarget(told);
  const own = file.replace(/^(?:\.\.?\/)+/, '');
  const called = stages.filter(
    (stage) =>
      stage.name === toldName &&
      (toldName === name || toldName.startsWith(`${name}@`)) &&
      (stage.file === own || stage.file.endsWith(`/${own}`)),
  );
  return (
    called.find(({ wdir, address }) => wdir === here && address === told) ??
    called.find(({ wdir }) => wdir === here) ??
    called.find(({ address }) => address === told)
  );
}

/** What the launcher hands over for stages: in a file, for the values may be secret. */
function givenEnvironment(): Record<string, string> {
  const path = process.env.SIBLING_STAGE_ENV_FILE;
  return path ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** What the launcher found out for all stages of its run: in a file, for it grows with them. */
function givenFacts(): Partial<RunFacts> {
  const path = process.env.SIBLING_RUN_FILE;
  return path ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** The image that the launcher made ready, else made ready now. */
async function imageOf(
  request: ImageRequest,
  { images }: Partial<RunFacts>,
  declared: Stage,
  options: StageOptions,
): Promise<Pick<EnsuredImage, 'reference' | 'id' | 'base'>> {
  const given = images?.[declared.address];
  if (given) return given;
  return stageImage(request, await baseImage(request), options.image);
}

/** The launcher's choice of a tracking server, else made here. */
async function givenTracking(request: ImageRequest): Promise<StageTracking> {
  const network = process.env.SIBLING_TRACKING_NETWORK;
  return network ? { network, env: {} } : trackingOf(request);
}

/** What the launcher says of the run; a stage by itself is a run of its own. */
async function givenContext(
  { project, env }: ProjectSession,
  { context }: Partial<RunFacts>,
  run: string,
): Promise<object> {
  if (context) return context;
  return runContext(project, { run, env, origin: await originOf(project.root) });
}
