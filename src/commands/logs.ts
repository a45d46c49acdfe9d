import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { closest } from '../closest.ts';
import { connectEngine } from '../container/engine.ts';
import { trackingServerLog, trackingServerSettings } from '../container/tracking-server.ts';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { stripColour } from '../terminal/style.ts';
import { openProject, openSession } from './session.ts';

export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .summary('show the log of the last run, of one of its stages, or of MLflow')
    .description('Shows what the last run printed; with a name, only that stage’s lines.')
    .argument('[name]', 'a stage, or mlflow')
    .option('--run <id>', 'an earlier run')
    .option('--list', 'list the runs whose logs are kept')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling logs\n  $ sibling logs train\n  $ sibling logs mlflow\n  $ sibling logs --list',
    )
    .action(
      async (
        name: string | undefined,
        options: { run?: string; list?: boolean },
        command: Command,
      ) => {
        const session = openProject(openSession(command.optsWithGlobals()));
        if (name === 'mlflow') {
          const engine = await connectEngine(session.env);
          const lines = await trackingServerLog(engine, trackingServerSettings(session.env), 200);
          process.stdout.write(lines.map((line) => `${line}\n`).join(''));
          return;
        }
        const folder = join(session.project.root, '.sibling/runs');
        const runs = existsSync(folder)
          ? readdirSync(folder)
              .map((file) => file.replace(/\.log$/, ''))
              .sort()
          : [];
        if (options.list) {
          process.stdout.write(runs.map((run) => `${run}\n`).join(''));
          return;
        }
        const run = options.run ?? runs.at(-1);
        if (run === undefined || !runs.includes(run)) {
          throw new ExpectedFailure({
            kind: 'usage',
            cause:
              run === undefined
                ? 'there is no log of a run here'
                : `there is no log of a run ${run}`,
            hint: 'sibling logs --list shows the runs whose logs are kept.',
          });
        }
        let shown = 0;
        for await (const line of createInterface({
          input: createReadStream(join(folder, `${run}.log`)),
        })) {
          if (name && !stripColour(line).startsWith(`[${name}] `)) continue;
          process.stdout.write(`${line}\n`);
          shown += 1;
        }
        if (name && shown === 0) requireStage(session.project.root, name, run);
      },
    );
}

/** A stage that said nothing has an empty log; a name that no stage has is a mistake. */
function requireStage(root: string, name: string, run: string): void {
  const names = readPipeline(root).stages.map(({ address }) => address);
  if (names.includes(name)) return;
  const guess = closest(name, [...names, 'mlflow']);
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `the log of run ${run} has no line of a stage ${name}`,
    hint: guess ? `Did you mean ${guess}?` : `The stages are ${names.join(', ')}.`,
  });
}
