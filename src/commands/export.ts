import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { readPipeline } from '../dvc/read-pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { githubWorkflow } from '../export/github-workflow.ts';
import { openProject, openSession } from './session.ts';

const workflowPath = '.github/workflows/pipeline.yml';

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .summary('write the GitHub workflow that runs the pipeline')
    .description(
      `Writes ${workflowPath}: a job for each stage of dvc.yaml. Marked regions keep what you wrote there.`,
    )
    .argument('<target>', 'github')
    .option('--check', 'write nothing; fail if the file is not what would be written')
    .option('--actions <path>', 'where the actions are', './actions')
    .option('--ref <ref>', 'the tag or commit of the actions, when they are in another repository')
    .option('--branch <name>', 'the branch whose pushes run the pipeline', 'main')
    .option('--propose-results', 'a pull request with dvc.lock where that branch is protected')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling export github\n  $ sibling export github --check\n  $ sibling export github --actions OWNER/sibling/actions --ref v1',
    )
    .action(
      async (
        target: string,
        options: {
          check?: boolean;
          actions: string;
          ref?: string;
          branch: string;
          proposeResults?: boolean;
        },
        command: Command,
      ) => {
        const session = openProject(openSession(command.optsWithGlobals()));
        if (target !== 'github') {
          throw new ExpectedFailure({
            kind: 'usage',
            cause: `nothing can be exported for ${target}`,
            hint: 'sibling export github writes a GitHub workflow.',
          });
        }
        const path = join(session.project.root, workflowPath);
        const existing = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
        const text = githubWorkflow(
          readPipeline(session.project.root),
          { ...options, proposesResults: options.proposeResults === true },
          existing,
        );
        if (options.check) {
          if (text === existing) return session.report(`${workflowPath} mirrors dvc.yaml`);
          throw new ExpectedFailure({
            kind: 'drift',
            cause: `${workflowPath} is not what dvc.yaml gives`,
            hint: 'Run sibling export github and commit the file; own lines go between "# keep: NAME" and "# end: NAME".',
            place: { file: workflowPath },
          });
        }
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
        session.report(
          text === existing ? `${workflowPath} is as it should be` : `Wrote ${workflowPath}`,
        );
      },
    );
}
