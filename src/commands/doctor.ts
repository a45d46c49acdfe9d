import type { Command } from 'commander';
import type { CheckResult } from '../doctor/check.ts';
import { allChecks } from '../doctor/checks/all.ts';
import { examine, exitCodeOfResults } from '../doctor/examine.ts';
import { closingLine, resultLine } from '../doctor/result-text.ts';
import { subjectAt } from '../doctor/subject.ts';
import { secretHider } from '../secrets/secrets.ts';
import { untilInterrupted } from '../system/interruption.ts';
import { style } from '../terminal/style.ts';
import { openSession } from './session/session.ts';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('look at everything that a run needs, and say what is wrong')
    .description(
      'Looks at the engine, the project, the credentials and the servers that a run needs: one line each, with the cause of what is wrong and what to do about it. Changes nothing: a small object is put into the DVC remote and deleted again.',
    )
    .option('--json', 'print the results as JSON (docs/DOCTOR.md)')
    .option(
      '--write-probes',
      'also make a model on the MLflow server, with an alias, and remove it',
    )
    .addHelpText(
      'after',
      '\nThe exit code is that of the first check that failed; 0 when none did.\n\nExamples:\n  $ sibling doctor\n  $ sibling doctor --json | jq ".checks[] | select(.state == \\"failure\\")"',
    )
    .action(async (options: { json?: boolean; writeProbes?: boolean }, command: Command) => {
      const session = openSession(command.optsWithGlobals());
      const begun = performance.now();
      const signal = untilInterrupted();
      const subject = await subjectAt(session.cwd, process.env);
      const hide = secretHider(subject.env);
      const checks = allChecks(subject, { writeProbes: options.writeProbes === true });
      const styled = style(process.stdout.isTTY === true && session.colour);
      const width = Math.max(...checks.map(({ name }) => name.length));
      const found = await examine(checks, {
        signal,
        ...(!options.json && {
          onResult: (result) =>
            process.stdout.write(`${resultLine(withoutSecrets(result, hide), width, styled)}\n`),
        }),
      });
      const results = found.map((result) => withoutSecrets(result, hide));
      const seconds = Math.round(performance.now() - begun) / 1000;
      const exitCode = exitCodeOfResults(results);
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ version: 1, exitCode, seconds, checks: results }, null, 2)}\n`
          : `\n${closingLine(results, seconds)}\n`,
      );
      process.exitCode = exitCode;
    });
}

function withoutSecrets(result: CheckResult, hide: (text: string) => string): CheckResult {
  const { text, hint } = result;
  return { ...result, text: hide(text), ...(hint !== undefined && { hint: hide(hint) }) };
}
