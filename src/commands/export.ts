import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { loadProject } from '../dvc/read/load-project.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { absentInCheckout } from '../export/absent-in-checkout.ts';
import { actionsReference } from '../export/actions-reference.ts';
import { unsetVariables } from '../export/declared-variables.ts';
import { githubWorkflow } from '../export/github-workflow.ts';
import { remembered } from '../export/remembered.ts';
import { replacedLines } from '../export/replaced-lines.ts';
import {
  existingWorkflow,
  pushedBranch,
  watchedPaths,
  workflowName,
  workflowPlace,
} from '../export/workflow-place.ts';
import { gitData } from '../git/kept-beside.ts';
import { neededKinds } from '../remote/needed-kinds.ts';
import { type ConfiguredStage, configureStages } from '../stage/options/options.ts';
import { openProject, openSession } from './session/session.ts';

interface ExportOptions {
  readonly check?: boolean;
  readonly actions?: string;
  readonly ref?: string;
  readonly branch?: string;
  readonly proposeResults?: boolean;
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .summary('write the GitHub workflow that runs the pipeline')
    .description(
      "Writes a workflow with a job for each stage of dvc.yaml to Git's root: .github/workflows/pipeline.yml, for a project in a folder pipeline-FOLDER.yml, which runs when the folder changes. Marked regions keep what you wrote there, and options need not be given again.",
    )
    .argument('<target>', 'github')
    .option('--check', 'write nothing; fail if the file is not what would be written')
    .option(
      '--actions <where>',
      'OWNER/REPO@REF, or ./PATH in this repository (default: ./actions)',
    )
    .option('--ref <ref>', 'the tag or commit of the actions, where --actions has none')
    .option('--branch <name>', "whose pushes run the pipeline (default: the remote's HEAD)")
    .option('--propose-results', 'a pull request with dvc.lock where that branch is protected')
    .option('--no-propose-results', 'fail where that branch is protected')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling export github\n  $ sibling export github --check\n  $ sibling export github --actions OWNER/REPO@v1',
    )
    .action(async (target: string, options: ExportOptions, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      if (target !== 'github') {
        throw new ExpectedFailure({
          kind: 'usage',
          cause: `nothing can be exported for ${target}`,
          hint: 'sibling export github writes a GitHub workflow.',
        });
      }
      const { root } = session.project;
      const place = await workflowPlace(root);
      const existing = existingWorkflow(place);
      const before = remembered(existing.workflow, options);
      const pipeline = await readPipelineWithPython(root);
      const project = loadProject(root);
      const inFolder = place.folder === '.' ? {} : folderOptions();
      const text = githubWorkflow(
        pipeline,
        {
          ...actionsReference(options, before.actions, place.top),
          branch: options.branch ?? before.branch ?? (await pushedBranch(root)),
          proposesResults: options.proposeResults ?? before.proposesResults,
          ...inFolder,
          gitData: await gitData(place.top),
          remotes: neededKinds(root, pipeline.stages),
          timeouts: timeoutsOf(configureStages(root, pipeline.stages)),
        },
        existing.workflow,
      );
      const isWritten = text === existing.workflow?.text && existing.misplaced === undefined;
      if (options.check) {
        if (isWritten) return session.report(`${place.file} mirrors dvc.yaml`);
        throw new ExpectedFailure({
          kind: 'drift',
          cause: `${place.file} is not what dvc.yaml gives`,
          hint: 'Run sibling export github and commit the file; own lines go between "# keep: NAME" and "# end: NAME".',
          place: { file: place.file },
        });
      }
      const stages = configureStages(root, pipeline.stages);
      for (const line of [
        ...(await absentInCheckout(project, place.top)),
        ...unsetVariables(stages, before.variables, place.file),
      ]) {
        session.report(line);
      }
      const path = join(place.top, place.file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      session.report(isWritten ? `${place.file} is as it should be` : `Wrote ${place.file}`);
      const replaced = replacedLines(existing.workflow?.text ?? '', text);
      if (replaced.length > 0) {
        session.report('Replaced, for lines outside of "# keep:" regions are not yours:');
        for (const line of replaced) session.report(line);
      }
      if (existing.misplaced !== undefined) {
        session.report(`GitHub does not look there: git rm ${existing.misplaced}`);
      }

      function folderOptions() {
        const name = workflowName(place.folder);
        return { project: { name, folder: place.folder, paths: watchedPaths(project, place) } };
      }
    });
}

function timeoutsOf(stages: readonly ConfiguredStage[]): ReadonlyMap<string, number> {
  return new Map(
    stages.flatMap(({ stage: { address }, options: { timeout } }) =>
      timeout === undefined ? [] : [[address, timeout] as const],
    ),
  );
}
