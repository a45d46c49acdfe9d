import { ExpectedFailure } from '../../errors.ts';
import { BrokenAnswer, type GitHubRequest } from '../../github/api/request.ts';
import { artifactText } from '../../github/artifact/artifact.ts';
import { type EndedRun, pullRequestOf } from '../../github/job/fork-run.ts';
import { maxReportLength, parseReport } from '../../report/file/parse.ts';
import { pipelineName } from '../../report/pipeline-name.ts';
import { conclusionOf } from '../../report/render/verdict-line.ts';
import type { Report } from '../../report/report.ts';

/** The artifact in which a pull request's run leaves its report, and the file in it. */
export const reportArtifact = { artifact: 'sibling-report', file: 'report.json' } as const;

export interface ForkReport {
  readonly pullRequest: number;
  readonly report: Report;
}

/**
 * The report that a fork's run left, and the pull request that it is for. The run computed it, with
 * code of the fork: it is checked against the schema, its verdicts are computed anew, and what GitHub
 * knows itself is GitHub's (pull request, commit, links). Undefined when there is nothing to say any
 * more. Throws 'github' for what is refused.
 */
export async function readForkReport(
  request: GitHubRequest,
  repository: { readonly owner: string; readonly repo: string },
  run: EndedRun,
  folder = '.',
): Promise<ForkReport | undefined> {
  try {
    return await forkReport(request, repository, run, folder);
  } catch (error) {
    if (!(error instanceof BrokenAnswer)) throw error;
    throw new ExpectedFailure({
      kind: 'github',
      cause: `whether the run left a report cannot be told: ${error.message}`,
      hint: 'Run the job again.',
    });
  }
}

async function forkReport(
  request: GitHubRequest,
  repository: { readonly owner: string; readonly repo: string },
  run: EndedRun,
  folder: string,
): Promise<ForkReport | undefined> {
  const pullRequest = await pullRequestOf(request, repository, run);
  if (pullRequest === undefined) return undefined;
  const text = await artifactText(request, {
    ...repository,
    ...reportArtifact,
    run: run.id,
    maxSize: maxReportLength,
  });
  if (text === undefined) return undefined;
  const report = parseReport(text, reportArtifact.file);
  const commit = report.head.commit;
  if (commit !== run.head_sha) {
    throw new ExpectedFailure({
      kind: 'github',
      cause: 'the report is refused: it is on another commit than its run',
      hint: 'Run the pipeline again.',
      place: { file: reportArtifact.file },
    });
  }
  return { pullRequest, report: trusted(report, run, folder) };
}

function trusted(report: Report, run: EndedRun, folder: string): Report {
  const failed = run.conclusion !== 'success';
  return {
    ...report,
    // Another name would be another comment.
    pipeline: pipelineName(folder),
    head: { commit: run.head_sha },
    // A gate that is broken is the reason itself.
    ...(failed && conclusionOf(report) !== 'failure' && { outcome: 'failed' as const }),
    ...(failed &&
      report.failure === undefined && { failure: `the run ended with ${run.conclusion}` }),
    links: [{ kind: 'run', url: run.html_url }],
    notes: [
      'This pull request comes from a fork: the values are what its own run says.',
      ...report.notes.slice(0, 40),
    ],
  };
}
