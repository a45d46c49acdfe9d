import type { GitHubRequest } from '../api/request.ts';

/** A check that stands beside the others of a commit. */
export interface CheckRun {
  readonly name: string;
  readonly headSha: string;
  readonly conclusion: 'success' | 'neutral' | 'failure';
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  readonly annotations: readonly {
    readonly level: 'failure' | 'warning';
    readonly file: string;
    readonly message: string;
  }[];
  readonly detailsUrl?: string;
}

/** GitHub's limit for one request. */
const mostAnnotations = 50;

/** Gives a commit a check that has ended. Rejects with octokit's error. */
export async function createCheckRun(
  request: GitHubRequest,
  { owner, repo }: { readonly owner: string; readonly repo: string },
  check: CheckRun,
): Promise<void> {
  await request('POST /repos/{owner}/{repo}/check-runs', {
    ...{ owner, repo, name: check.name, head_sha: check.headSha },
    status: 'completed',
    conclusion: check.conclusion,
    ...(check.detailsUrl !== undefined && { details_url: check.detailsUrl }),
    output: {
      title: check.title.slice(0, 200),
      summary: check.summary,
      annotations: check.annotations.slice(0, mostAnnotations).map(({ level, file, message }) => ({
        ...{ path: file, start_line: 1, end_line: 1 },
        annotation_level: level,
        message: message.slice(0, 2_000),
      })),
    },
  });
}
