import { appendFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { OutputLines } from '../container/log-lines.ts';
import { ExpectedFailure } from '../errors.ts';
import { originOf } from '../git/git.ts';
import { chooseRemote } from '../remote/remote.ts';
import { markdown } from '../report/render/markdown/format.ts';
import { terminalFormat } from '../report/render/terminal/format.ts';
import type { Reproduction } from '../reproduction/compare/result.ts';
import type { ReproductionRequest } from '../reproduction/context/context.ts';
import { renderReproduction } from '../reproduction/render.ts';
import { reproduce } from '../reproduction/reproduce.ts';
import { plainView } from '../run/progress/view.ts';
import { runDvcHere, runDvcInContainer } from '../run/runner/runner.ts';
import { dagsHubOf } from '../servers/dagshub.ts';
import { stagesKeep, untilInterrupted } from '../system/interruption.ts';
import { openRegistry } from './session/mlflow-access.ts';
import { accessDvc } from './session/runner-access.ts';
import { openEngine, openProject, openSession, type ProjectSession } from './session/session.ts';

interface ReproduceOptions {
  json?: boolean;
  pull?: boolean;
  keep?: boolean;
}

export function addReproduceCommand(program: Command): void {
  program
    .command('reproduce')
    .summary('make a registered model again and compare it with what is registered')
    .description(
      'Makes a registered model again, in a checkout of its own of the commit that it came from, and compares: the model, its inputs, its image, its metrics. Your files stay as they are, nothing is logged or registered.',
    )
    .argument(
      '[model]',
      'MODEL, MODEL@ALIAS or MODEL/VERSION (default: the project’s model, @production)',
    )
    .option('--pull', 'run nothing: compare what the DVC remote has with what is registered')
    .option('--keep', 'leave the checkout, and say where it is')
    .option('--json', 'print the result as JSON on standard output')
    .addHelpText(
      'after',
      `
Exit codes: 0 identical, 14 differs, 15 cannot be told; docs/REPRODUCE.md has the JSON.

Examples:
  $ sibling reproduce                  the project's model in production
  $ sibling reproduce iris@staging
  $ sibling reproduce iris/3 --pull    what is stored of version 3`,
    )
    .action(async (wanted = '', options: ReproduceOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const signal = untilInterrupted(stagesKeep);
      const view = plainView(process.stderr);
      const result = await reproduce({
        ...session,
        wanted,
        pull: options.pull === true,
        keep: options.keep === true,
        openRegistry: () => openRegistry(session, signal),
        openEngine: () => openEngine(session),
        openDvc: dvcIn(session, signal),
        view,
        signal,
      });
      if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      // Why it cannot be told is said once, by the error.
      else if (!result.cannot) {
        process.stderr.write(`\n${renderReproduction(result, terminalFormat(session.style))}\n`);
      }
      const summary = process.env.GITHUB_STEP_SUMMARY;
      if (summary) await appendFile(summary, `${renderReproduction(result, markdown)}\n`);
      if (result.verdict !== 'identical') throw failureOf(result);
    });
}

/** DVC in a checkout with the remote of the project itself: elsewhere a relative folder is another one. */
function dvcIn(session: ProjectSession, signal: AbortSignal): ReproductionRequest['openDvc'] {
  return async (engine, project, run) => {
    const { root, id } = session.project;
    const dagsHub = dagsHubOf(session.env, await originOf(root));
    const own = chooseRemote(root, id, session.env, dagsHub);
    const inCheckout = { ...session, project };
    const { where, request, remote } = await accessDvc(inCheckout, engine, signal, own);
    return {
      remote,
      dvc: async (dvcArguments) => {
        const output: string[] = [];
        const onOutput = ({ lines }: OutputLines) => void output.push(...lines);
        const full = { ...request, run, onOutput };
        const code = where
          ? await runDvcInContainer(where, full, dvcArguments)
          : await runDvcHere(full, dvcArguments);
        if (code !== 0) signal.throwIfAborted();
        return { code, output };
      },
    };
  };
}

function failureOf({ model, version, verdict, cannot, findings }: Reproduction): ExpectedFailure {
  const name = version === null ? model : `${model}/${version}`;
  if (cannot || verdict === 'cannot') {
    return new ExpectedFailure({
      kind: 'unreproducible',
      cause: cannot?.cause ?? `${name} cannot be made again here`,
      hint: cannot?.hint ?? '',
      ...(cannot?.details && { details: cannot.details }),
    });
  }
  const what = findings.filter(({ state }) => state === 'differs').map((check) => check.what);
  const named = [...new Set(what)];
  return new ExpectedFailure({
    kind: 'reproduction',
    cause: `${name} is not what the registry says: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ` and ${named.length - 5} more` : ''}`,
    hint: 'The table has the values; --keep leaves the checkout to look into, --json has everything.',
  });
}
