import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { localBase } from '../base/local.ts';
import { namedRevision } from '../base/resolve-revision.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { cacheFolderOf } from '../job/cache-folder.ts';
import { type BuiltReport, buildReport, plotTemplates } from '../job/report/build.ts';
import { readTextFile } from '../report/assemble/assemble.ts';
import { collectResults } from '../report/assemble/collect-results.ts';
import { drawPlots } from '../report/file/folder.ts';
import { filesOfPipeline, folderOfStage, resultFiles } from '../report/read/result-files.ts';
import { brokenGates, notCompared } from '../report/render/broken-gates.ts';
import { renderHtml } from '../report/render/html/render.ts';
import { markdown } from '../report/render/markdown/format.ts';
import { renderMarkdown } from '../report/render/markdown/render.ts';
import { metricsAcross, metricsAcrossTable } from '../report/render/metrics-across.ts';
import { terminalFormat } from '../report/render/terminal/format.ts';
import { renderTerminal } from '../report/render/terminal/render.ts';
import { conclusionOf, verdictLine } from '../report/render/verdict-line.ts';
import { cleanHead } from '../revision/clean-head.ts';
import { workspaceFiles } from '../revision/workspace-files.ts';
import { configureStages } from '../stage/options/options.ts';
import { style } from '../terminal/style.ts';
import { visible } from '../text/markdown-escape.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

type ReportFormat = 'terminal' | 'markdown' | 'json' | 'html';

export function addReportCommands(program: Command): void {
  program
    .command('report')
    .summary('compare the results with those of a base revision')
    .description(
      'Compares metrics, params, data and plots of the workspace with the merge base, as on a pull request.',
    )
    .option(
      '--base <rev>',
      'compare with the merge base of this revision (default: the main branch)',
    )
    .option('--exact', 'compare with that revision itself, not with its merge base')
    .option('--fetch', 'fetch what the clone lacks (default: in CI)')
    .option('--no-fetch', 'fetch nothing; say which command does')
    .addOption(
      new Option('--format <format>', 'how to write it')
        .choices(['terminal', 'markdown', 'json', 'html'])
        .default('terminal'),
    )
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      `${exits}\n\nExamples:\n  $ sibling report\n  $ sibling report --base v1.0 --format html -o report.html`,
    )
    .action(
      async (
        options: {
          base?: string;
          exact?: boolean;
          fetch?: boolean;
          format: ReportFormat;
          output?: string;
        },
        command: Command,
      ) => {
        const session = openProject(openSession(command.optsWithGlobals()));
        const { root } = session.project;
        const pipeline = await readPipelineWithPython(root);
        const built = await buildReport({
          pipeline,
          stages: configureStages(root, pipeline.stages),
          base: await localBase(root, {
            ...(options.base !== undefined && { rev: options.base }),
            ...(process.env.GITHUB_BASE_REF && { branch: process.env.GITHUB_BASE_REF }),
            isExact: options.exact === true,
            mayFetch: options.fetch ?? isJob(process.env),
          }),
          head: await cleanHead(root, filesOfPipeline(pipeline)),
          links: [],
        });
        const text = await written(built, options.format, session, options.output === undefined);
        if (options.output === undefined) process.stdout.write(text);
        else await writeFile(options.output, text);
        if (conclusionOf(built.report) === 'failure') throw brokenGates(built.report);
        const without = notCompared(built.report);
        if (without) throw without;
      },
    );
  program
    .command('metrics')
    .summary('show the metrics of several revisions side by side')
    .description('Shows the metrics of revisions, and of the workspace, side by side.')
    .argument('[revisions...]', 'branches, tags or commits (default: HEAD)')
    .addOption(
      new Option('--format <format>', 'how to write it')
        .choices(['terminal', 'markdown', 'json'])
        .default('terminal'),
    )
    .addHelpText('after', '\nExamples:\n  $ sibling metrics\n  $ sibling metrics v1.0 v1.1 main')
    .action(async (revisions: string[], options: { format: string }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const columns = await metricsOf(session.project.root, revisions);
      for (const { name, absent } of columns) {
        for (const { path } of absent)
          session.report(`${path} of ${name}: its content is not here`);
      }
      if (options.format === 'json') {
        const names = columns.map(({ name }) => name);
        const metrics = metricsAcross(columns);
        process.stdout.write(`${JSON.stringify({ revisions: names, metrics }, null, 2)}\n`);
        return;
      }
      const format =
        options.format === 'markdown' ? markdown : terminalFormat(outputStyle(session));
      process.stdout.write(`${metricsAcrossTable(format, columns)}\n`);
    });
}

const exits = `
Exits with 11 when a gate of meta.sibling.metrics is broken, and with 16 when the base cannot be had: its
first line then says why, and what brings it. With 0 where there is none yet: no commit, or no results.`;

/** Whether this is a job of some CI, where nobody could type what brings the base. */
function isJob({ CI, GITHUB_ACTIONS }: NodeJS.ProcessEnv): boolean {
  return GITHUB_ACTIONS === 'true' || (CI !== undefined && !['', '0', 'false'].includes(CI));
}

async function written(
  { report, plots }: BuiltReport,
  format: ReportFormat,
  session: ProjectSession,
  toTerminal: boolean,
): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ verdict: verdictLine(report, visible), ...report }, null, 2)}\n`;
    case 'markdown':
      return renderMarkdown(report).text;
    case 'terminal':
      return renderTerminal(report, toTerminal ? outputStyle(session) : style(false));
    case 'html': {
      const templates = await plotTemplates(session.project.root);
      return renderHtml(report, await drawPlots({ plots, templates }));
    }
  }
}

async function metricsOf(root: string, names: readonly string[]) {
  const pipeline = await readPipelineWithPython(root);
  const files = { ...resultFiles(pipeline), params: [], plots: [] };
  const options = { folderOf: folderOfStage(pipeline), objects: [cacheFolderOf(root)] };
  const revisions = await Promise.all(
    (names.length > 0 ? names : ['HEAD']).map(async (name) => ({
      name,
      reader: await namedRevision(root, name),
    })),
  );
  const all = [...revisions, { name: 'workspace', reader: workspaceFiles(root) }];
  return Promise.all(
    all.map(async ({ name, reader }) => {
      const { metrics, absent } = await collectResults(files, reader, options);
      return { name, files: metrics.map(readTextFile), absent };
    }),
  );
}

function outputStyle(session: ProjectSession) {
  return style(process.stdout.isTTY === true && session.colour);
}
