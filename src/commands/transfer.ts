import type { Command } from 'commander';
import type { Engine } from '../container/engine.ts';
import { engineRuns, sweep } from '../container/sweep.ts';
import { untilInterrupted } from '../interruption.ts';
import { whoIsPresent } from '../presence.ts';
import { remoteName } from '../remote.ts';
import { liveTransferView, plainTransferView } from '../terminal/transfer-view.ts';
import { pull, push } from '../transfer.ts';
import { accessDvc } from './runner-access.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session.ts';

export function addTransferCommands(program: Command): void {
  program
    .command('push')
    .summary('send outs and the run-cache to the DVC remote')
    .description(
      'Sends outs and the run-cache to the DVC remote, and checks that it has them: DagsHub with credentials in .env, else a folder of this machine.',
    )
    .argument('[targets...]', 'stages or outs (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling push\n  $ sibling push train')
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const { transfer, remote } = await prepare(targets, command);
      transfer.view.line(`Pushing to ${remote}`);
      await push(transfer);
    });
  program
    .command('pull')
    .summary('fetch outs and the run-cache from the DVC remote')
    .description('Fetches what dvc.lock names from the DVC remote into the workspace.')
    .argument('[targets...]', 'stages or outs (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling pull\n  $ sibling pull data/raw/iris.csv')
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const { transfer, remote } = await prepare(targets, command);
      transfer.view.line(`Pulling from ${remote}`);
      await pull(transfer);
    });
}

async function prepare(targets: readonly string[], command: Command) {
  const session = openProject(openSession(command.optsWithGlobals()));
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

/** A push that was killed goes on in its container, and holds DVC's lock. */
async function endAbandoned({ project, report }: ProjectSession, engine: Engine): Promise<void> {
  const { dead } = await whoIsPresent(project, (owner) => engineRuns(engine, owner));
  for (const run of dead) {
    const removed = await sweep(engine, { run, project: project.id });
    if (removed.length > 0) {
      report(`Cleaning up after run ${run}, which was killed: removing ${removed.join(', ')}`);
    }
  }
}
