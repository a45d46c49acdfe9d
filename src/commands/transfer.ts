import type { Command } from 'commander';
import { untilInterrupted } from '../interruption.ts';
import { remoteName } from '../remote.ts';
import { pull, push } from '../transfer.ts';
import { accessDvc } from './runner-access.ts';
import { openEngine, openProject, openSession } from './session.ts';

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
      const { transfer, remote, report } = await prepare(targets, command);
      report(`Pushing to ${remote}`);
      await push(transfer);
      report('Everything that dvc.lock names is there');
    });
  program
    .command('pull')
    .summary('fetch outs and the run-cache from the DVC remote')
    .description('Fetches what dvc.lock names from the DVC remote into the workspace.')
    .argument('[targets...]', 'stages or outs (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling pull\n  $ sibling pull data/raw/iris.csv')
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const { transfer, remote, report } = await prepare(targets, command);
      report(`Pulling from ${remote}`);
      await pull(transfer);
    });
}

async function prepare(targets: readonly string[], command: Command) {
  const session = openProject(openSession(command.optsWithGlobals()));
  const engine = await openEngine(session);
  const signal = untilInterrupted();
  const { where, request, remote } = await accessDvc(session, engine, signal);
  const transfer = { where, request, targets, report: session.report };
  return { transfer, remote: remoteName(remote), report: session.report };
}
