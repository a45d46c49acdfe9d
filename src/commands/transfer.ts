import type { Command } from 'commander';
import type { Engine } from '../container/engine.ts';
import { engineKnows, sweep } from '../container/sweep.ts';
import { loadProject } from '../dvc/read/load-project.ts';
import { findTargets, type TargetOptions } from '../dvc/targets/find-targets.ts';
import { remoteName } from '../remote/remote.ts';
import { whoIsPresent } from '../run/lock/presence.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { pull, push } from '../transfer/transfer.ts';
import { liveTransferView, plainTransferView } from '../transfer/view.ts';
import { addTargetOptions } from './session/choose-stages.ts';
import { accessDvc } from './session/runner-access.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session/session.ts';

type TransferOptions = Omit<TargetOptions, 'folder'>;

export function addTransferCommands(program: Command): void {
  addTargetOptions(program.command('push'))
    .summary('send outs and the run-cache to the DVC remote')
    .description(
      'Sends outs and the run-cache to the DVC remote, and checks that it has them: the one that DVC_REMOTE_URL names, DagsHub with credentials in .env, the one of .dvc/config, else a folder of this machine.',
    )
    .argument('[targets...]', 'stages, outs, dvc.yaml or .dvc files (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling push\n  $ sibling push train')
    .action(async (targets: string[], options: TransferOptions, command: Command) => {
      const { transfer, remote } = await prepare(targets, options, command);
      transfer.view.line(`Pushing to ${remote}`);
      await push(transfer);
    });
  addTargetOptions(program.command('pull'))
    .summary('fetch outs and the run-cache from the DVC remote')
    .description('Fetches what dvc.lock names from the DVC remote into the workspace.')
    .argument('[targets...]', 'stages, outs, dvc.yaml or .dvc files (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling pull\n  $ sibling pull data/raw/iris.csv')
    .action(async (targets: string[], options: TransferOptions, command: Command) => {
      const { transfer, remote } = await prepare(targets, options, command);
      transfer.view.line(`Pulling from ${remote}`);
      await pull(transfer);
    });
}

async function prepare(named: readonly string[], options: TransferOptions, command: Command) {
  const session = openProject(openSession(command.optsWithGlobals()));
  const targets = fromRoot(session, named, options);
  const engine = await openEngine(session);
  const signal = untilInterrupted();
  await endAbandoned(session, engine);
  const { where, request, remote, dagsHub } = await accessDvc(session, engine, signal);
  const isLive = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  const view = isLive
    ? liveTransferView(process.stderr, session.report)
    : plainTransferView(session.report);
  return { transfer: { where, request, targets, view, dagsHub }, remote: remoteName(remote) };
}

/** The targets as DVC takes them in the project's root, where it is called. */
function fromRoot(
  { project, folder }: ProjectSession,
  targets: readonly string[],
  options: TransferOptions,
): readonly string[] {
  if (targets.length === 0) return [];
  const { pipeline } = loadProject(project.root);
  const found = findTargets(pipeline, targets, { ...options, folder });
  const names = found.flatMap(({ stages, sources, path }) =>
    path === undefined ? [...stages, ...sources].map(({ address }) => address) : [path],
  );
  return [...new Set(names)];
}

/** A push that was killed goes on in its container, and holds DVC's lock. */
async function endAbandoned({ project, report }: ProjectSession, engine: Engine): Promise<void> {
  const { dead } = await whoIsPresent(project, (owner) => engineKnows(engine, owner));
  for (const run of dead) {
    const removed = await sweep(engine, { run, project: project.id });
    if (removed.length > 0) {
      report(`Cleaning up after run ${run}, which was killed: removing ${removed.join(', ')}`);
    }
  }
}
