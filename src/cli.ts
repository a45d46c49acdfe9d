import { Command, CommanderError } from 'commander';
import { addCommands } from './commands/add-commands.ts';
import { exitCodeOf, exitCodes } from './errors.ts';
import { errorBehind, stopWhenOutputCloses } from './system/interruption.ts';
import { explainSystemError } from './system/refusal.ts';
import { written } from './system/written.ts';
import { errorText } from './terminal/failure-text.ts';
import { colourAllowed, style } from './terminal/style.ts';

stopWhenOutputCloses();
const program = new Command('sibling')
  .description('Runs DVC pipelines whose stages are sibling containers.')
  .option('-C, --directory <folder>', 'work in this folder instead of the current one')
  .option('-v, --verbose', 'show everything: builds, stage logs on a terminal')
  .showHelpAfterError('(sibling --help lists the commands)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes:
  0 success   ${Object.entries(exitCodes)
    .map(([kind, code]) => `${code} ${kind}`)
    .join('   ')}   70 a bug
  A stage that fails on its own gives its own exit code.`,
  );

try {
  await addCommands(program, process.argv.slice(2));
  await program.parseAsync();
} catch (thrown) {
  const error = explainSystemError(errorBehind(thrown));
  if (error instanceof CommanderError) {
    // Help and version are no errors; commander has printed what there is to say.
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else {
    process.stderr.write(
      `${errorText(error, style(colourAllowed(process.env, process.stderr)))}\n`,
    );
    process.exitCode = exitCodeOf(error);
  }
}
// A pipe takes a part of what is written, and the rest when its reader has come to it.
await Promise.all([process.stdout, process.stderr].map(written));
// A connection to the engine that is still open would keep the process alive.
process.exit();
