import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Command } from 'commander';
import { connectEngine } from '../container/engine.ts';
import { trackingServerLog, trackingServerSettings } from '../container/tracking/server.ts';
import { readPipeline } from '../dvc/read/pipeline.ts';
import { findTargets } from '../dvc/targets/find-targets.ts';
import { ExpectedFailure } from '../errors.ts';
import { stripColour } from '../terminal/style.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .summary('show the log of the last run, of one of its stages, or of MLflow')
    .description(
      'Shows what the last run printed; with a name, only the lines of that stage, or of all that its foreach makes, when it ran last.',
    )
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
        const logOf = (each: string) => join(folder, `${each}.log`);
        if (name === undefined) {
          for await (const line of linesIn(logOf(run))) process.stdout.write(`${line}\n`);
          return;
        }
        const searched = options.run === undefined ? runs.toReversed() : [run];
        const wanted = addressesOf(session, name);
        for (const each of searched) {
          const { hasRun, lines } = await linesOf(logOf(each), wanted);
          if (!hasRun) continue;
          if (each !== run) session.report(`${name} ran last in run ${each}`);
          if (lines.length === 0) session.report(`${name} said nothing`);
          process.stdout.write(lines.map((line) => `${line}\n`).join(''));
          return;
        }
        session.report(`No log that is kept has a run of ${name}`);
      },
    );
}

/** The stages that a name means, as in other commands; also of one that dvc.yaml has no more. */
function addressesOf({ project, folder }: ProjectSession, name: string): readonly string[] {
  const found = findTargets(readPipeline(project.root), [name], { folder });
  return found.flatMap(({ stages }) => stages.map(({ address }) => address));
}

/** What some stages printed in a run, and whether they ran at all. */
async function linesOf(
  file: string,
  addresses: readonly string[],
): Promise<{ hasRun: boolean; lines: readonly string[] }> {
  const marks = addresses.map((address) => `[${address}] `);
  const begun = new Set(addresses.map((address) => `Running stage '${address}':`));
  const lines: string[] = [];
  let hasRun = false;
  for await (const line of linesIn(file)) {
    const plain = stripColour(line);
    const isTheirs = marks.some((mark) => plain.startsWith(mark));
    hasRun ||= isTheirs || begun.has(plain);
    if (isTheirs) lines.push(line);
  }
  return { hasRun, lines };
}

function linesIn(file: string): Interface {
  return createInterface({ input: createReadStream(file) });
}
