import type { Pipeline } from '../dvc/pipeline.ts';
import type { GitData } from '../git/kept-beside.ts';
import { stageJobId } from '../github/baton/stage-job-id.ts';
import { type FolderProject, filter, plain, runsInFolder, within } from './folder-project.ts';
import { type ExistingWorkflow, keepRegions } from './kept-regions.ts';
import { refuseSameIds, refuseTooMany } from './refuse-jobs.ts';

export interface WorkflowOptions {
  /** Where the actions are: `./actions` in this repository, `OWNER/sibling/actions` elsewhere. */
  readonly actions: string;
  /** A tag or commit of them; absent for a path. */
  readonly ref?: string;
  /** The branch whose pushes run the pipeline. */
  readonly branch: string;
  /** Open a pull request with the results where the branch takes no commit from a workflow. */
  readonly proposesResults?: boolean;
  /** A project in a folder of the repository; absent for one at Git's root. */
  readonly project?: FolderProject;
  /** How long stages may take by themselves, in milliseconds, by address; without, they may take any time. */
  readonly timeouts?: ReadonlyMap<string, number>;
  /** What a plain checkout leaves out of this repository. */
  readonly gitData?: GitData;
  /** Kinds of DVC remote that the dvc-runner has only when they are named. */
  readonly remotes?: readonly string[];
}

/** Third-party actions, by commit: a tag can be moved. */
const checkout = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';

/**
 * The workflow that runs a pipeline: a job for each stage, waiting for the jobs that make its deps,
 * then a report. What stands between `# keep: NAME` and `# end: NAME` in `existing` stays as it is; throws 'drift' where
 * something of that would be lost.
 */
export function githubWorkflow(
  pipeline: Pipeline,
  options: WorkflowOptions,
  existing?: ExistingWorkflow,
): string {
  const jobs = pipeline.stages.map(({ address }) => ({ address, id: stageJobId(address) }));
  refuseSameIds(jobs);
  refuseTooMany(jobs.map(({ id }) => id));
  const idOf = new Map(jobs.map(({ address, id }) => [address, id]));
  const lines = [
    header(options),
    ...jobs.map(({ address, id }) => {
      const needs = (pipeline.upstream.get(address) ?? []).map((other) => idOf.get(other) ?? other);
      return stageJob(address, id, needs, options);
    }),
    commitJob(
      jobs.map(({ id }) => id),
      options,
    ),
    reportJob(
      jobs.map(({ id }) => id),
      options,
    ),
  ];
  return keepRegions(`${lines.join('\n')}\n`, existing);
}

function use(action: string, { actions, ref }: WorkflowOptions): string {
  const text = `${actions}/${action}${ref ? `@${ref}` : ''}`;
  return /^[\w./@+-]+$/.test(text) ? text : JSON.stringify(text);
}

function header({ branch, project }: WorkflowOptions): string {
  return `# Written by \`sibling export github\` from dvc.yaml; \`sibling export github --check\` finds drift.
# Lines between "# keep: NAME" and "# end: NAME" are yours.
name: ${project ? JSON.stringify(`pipeline ${project.folder}`) : 'pipeline'}

on:
  push:
    branches: [${plain(branch)}]${filter(project)}
  pull_request:${filter(project)}
  merge_group:
  workflow_dispatch:
    inputs:
      force:
        description: Stages to run even if nothing changed, with commas between; "all" for every stage
        default: ""
      params:
        description: Overrides of params as dvc exp run -S takes them, such as train.lr=0.1 or conf.json:layers=[64,32], with commas between
        default: ""
      push:
        description: Commit dvc.lock and metrics to the branch; data go to the DVC remote in any case, for the next jobs
        type: boolean
        default: true
      log-level:
        description: How much to show
        type: choice
        options: [info, debug]
        default: info

permissions: {}

# Runs of one branch queue up: a run that is ended in the middle of a push helps nobody.
concurrency:
  group: ${project?.name ?? 'pipeline'}-\${{ github.ref }}
  cancel-in-progress: false
${runsInFolder(project)}
# keep: env
# end: env

jobs:`;
}

/** A checkout with what Git keeps apart, and a region for more inputs of it. */
function checkOut(job: string, credentials: string, { gitData = {} }: WorkflowOptions): string {
  const { lfs, submodules } = gitData;
  return `      - uses: ${checkout}
        with:
          persist-credentials: ${credentials}${lfs ? '\n          lfs: true' : ''}${submodules ? '\n          submodules: recursive' : ''}
          # keep: checkout/${job}
          # end: checkout/${job}`;
}

const setUp = (options: WorkflowOptions) => `      - id: dvc
        uses: ${use('setup-dvc', options)}
        with:
          dagshub-user: \${{ secrets.DAGSHUB_USER_NAME }}
          dagshub-token: \${{ secrets.DAGSHUB_TOKEN }}
          dagshub-repo: \${{ vars.DAGSHUB_REPO }}
          mlflow-tracking-uri: \${{ vars.MLFLOW_TRACKING_URI }}${remoteKinds(options)}${within(options.project)}`;

const remoteKinds = ({ remotes = [] }: WorkflowOptions) =>
  remotes.length > 0 ? `\n          remotes: ${remotes.join(',')}` : '';

/** For images, and data from and to the remote, beside the stage itself. */
const minutesBeside = 60;

/** When GitHub ends a job on a machine of its own, and on any other that says nothing. */
const longestJob = 360;

/** A job is not ended before its stage's own time is over; without one GitHub's own limit is the only one. */
function jobMinutes(timeout: number | undefined): number {
  return timeout === undefined ? longestJob : Math.ceil(timeout / 60_000) + minutesBeside;
}

function stageJob(
  address: string,
  id: string,
  needs: readonly string[],
  options: WorkflowOptions,
): string {
  const fetch =
    needs.length === 0
      ? ''
      : `
      - if: \${{ steps.dvc.outputs.transport == 'artifacts' }}
        uses: ${use('carry-data', options)}
        with:
          direction: fetch
          folder: \${{ steps.dvc.outputs.remote-folder }}`;
  const waits = needs.length > 0 ? `\n    needs: [${needs.join(', ')}]` : '';
  return `  ${id}:
    name: ${JSON.stringify(address)}
    runs-on: ubuntu-24.04${waits}
    timeout-minutes: ${jobMinutes(options.timeouts?.get(address))}
    permissions:
      contents: read # to check out
    outputs:
      baton: \${{ steps.run.outputs.baton }}
    steps:
${checkOut(id, 'false', options)}
${setUp(options)}${fetch}
      - id: run
        uses: ${use('run-stage', options)}
        with:
          stage: ${JSON.stringify(address)}${within(options.project)}
          needs: \${{ toJSON(needs) }}
          force: \${{ inputs.force }}
          params: \${{ inputs.params }}
          log-level: \${{ inputs.log-level || 'info' }}
      - if: \${{ steps.run.outputs.outcome != 'unchanged' }}
        uses: ${use('push-artifacts', options)}
        with:
          stage: ${JSON.stringify(address)}${within(options.project)}
      - if: \${{ steps.dvc.outputs.transport == 'artifacts' && steps.run.outputs.outcome != 'unchanged' }}
        uses: ${use('carry-data', options)}
        with:
          direction: keep
          folder: \${{ steps.dvc.outputs.remote-folder }}
          name: \${{ github.job }}
      # keep: ${id}
      # end: ${id}
`;
}

function commitJob(ids: readonly string[], options: WorkflowOptions): string {
  return `  commit:
    name: commit dvc.lock
    if: \${{ !github.event.act && (github.event_name == 'push' || (github.event_name == 'workflow_dispatch' && inputs.push && inputs.push != 'false' && inputs.params == '')) }}
    runs-on: ubuntu-24.04
    needs: [${ids.join(', ')}]
    timeout-minutes: 15
    permissions:
      contents: write # to push the commit with dvc.lock and metrics${options.proposesResults ? proposalRight : ''}
    steps:
${checkOut('commit', 'true # the commit is pushed with them', options)}
${setUp(options)}
      - uses: ${use('push-artifacts', options)}
        with:
          needs: \${{ toJSON(needs) }}${within(options.project)}
          commit: "true"
          mirror-sync: "true"${options.proposesResults ? proposalInputs : ''}
`;
}

const proposalRight = `
      pull-requests: write # to propose the commit where the branch is protected`;

const proposalInputs = `
          on-protected-branch: pull-request
          token: \${{ github.token }}`;

function reportJob(ids: readonly string[], options: WorkflowOptions): string {
  return `  report:
    name: report
    if: \${{ !cancelled() }}
    runs-on: ubuntu-24.04
    needs: [${ids.join(', ')}]
    timeout-minutes: 15
    permissions:
      contents: read # to compare with the base
      pull-requests: write # to comment
    steps:
${checkOut('report', 'false', options)}
      - uses: ${use('comment-metrics', options)}
        with:
          needs: \${{ toJSON(needs) }}${within(options.project)}
          params: \${{ inputs.params }}
          token: \${{ github.token }}`;
}
