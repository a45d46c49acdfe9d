import type { Command } from 'commander';
import {
  findTrackingServer,
  startTrackingServer,
  stopTrackingServer,
  trackingServerSettings,
} from '../container/tracking/server.ts';
import { baseImage, localTrackingImage } from '../run/prepare/prepare.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { openEngine, openProject, openSession, runningEngine } from './session/session.ts';

export function addServiceCommands(program: Command): void {
  program
    .command('up')
    .summary('start the local MLflow server')
    .description('Starts the local MLflow server, unless it runs, and prints its address.')
    .addHelpText('after', '\nExamples:\n  $ sibling up\n  $ SIBLING_MLFLOW_PORT=5600 sibling up')
    .action(async (_options: unknown, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const engine = await openEngine(session);
      const signal = untilInterrupted();
      const request = { ...session, engine, signal };
      const image = await localTrackingImage(request, await baseImage(request));
      const settings = trackingServerSettings(session.env);
      const already = await findTrackingServer(engine, settings);
      const server = await startTrackingServer(engine, settings, image.id, signal);
      session.report(already ? 'MLflow runs already' : 'MLflow started');
      process.stdout.write(`${server.uri}\n`);
    });
  program
    .command('down')
    .summary('stop the local MLflow server')
    .description('Stops the local MLflow server. Its data stay, unless --volumes.')
    .option('--volumes', 'remove its data too: all runs and models that it holds')
    .addHelpText('after', '\nExamples:\n  $ sibling down\n  $ sibling down --volumes')
    .action(async (options: { volumes?: boolean }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const engine = await runningEngine(session);
      const stopped =
        engine !== undefined &&
        (await stopTrackingServer(engine, trackingServerSettings(session.env), {
          volume: options.volumes === true,
        }));
      session.report(stopped ? 'MLflow stopped' : 'MLflow was not running');
    });
}
