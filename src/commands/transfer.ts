import type { Command } from 'commander';
import { ExpectedFailure } from '../errors.ts';
import { remoteName } from '../remote.ts';
import { runDvcHere, runDvcInContainer } from '../runner.ts';
import { explainTransfer } from '../transfer-failure.ts';
import { accessDvc } from './runner-access.ts';
import { openEngine, openProject, openSession, untilInterrupted } from './session.ts';

export function addTransferCommands(program: Command): void {
  program
    .command('push')
    .summary('send outs and the run-cache to the DVC remote')
    .description(
      'Sends outs and the run-cache to the DVC remote: DagsHub with credentials in .env, else a folder of this machine.',
    )
    .argument('[targets...]', 'stages or outs (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling push\n  $ sibling push train')
    .action((targets: string[], _options: unknown, command: Command) =>
      transfer('push', targets, command),
    );
  program
    .command('pull')
    .summary('fetch outs and the run-cache from the DVC remote')
    .description('Fetches what dvc.lock names from the DVC remote into the workspace.')
    .argument('[targets...]', 'stages or outs (default: all)')
    .addHelpText('after', '\nExamples:\n  $ sibling pull\n  $ sibling pull data/raw/iris.csv')
    .action((targets: string[], _options: unknown, command: Command) =>
      transfer('pull', targets, command),
    );
}

async function transfer(
  direction: 'push' | 'pull',
  targets: readonly string[],
  command: Command,
): Promise<void> {
  const session = openProject(openSession(command.optsWithGlobals()));
  const engine = await openEngine(session);
  const { signal } = untilInterrupted();
  const { where, request, remote } = await accessDvc(session, engine, signal);
  session.report(`${direction === 'push' ? 'Pushing to' : 'Pulling from'} ${remoteName(remote)}`);
  const said: string[] = [];
  const full = {
    ...request,
    onOutput: ({ lines }: { lines: readonly string[] }) => {
      said.push(...lines);
      for (const line of lines) if (line.trim() !== '') process.stderr.write(`${line}\n`);
    },
  };
  const dvcArguments = [direction, '--run-cache', ...targets];
  const code = where
    ? await runDvcInContainer(where, full, dvcArguments)
    : await runDvcHere(full, dvcArguments);
  if (code !== 0) throw new ExpectedFailure(explainTransfer(direction, remote, said));
}
