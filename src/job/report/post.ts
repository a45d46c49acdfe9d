import { type Clock, realClock } from '../../github/api/clock.ts';
import type { GitHubRequest } from '../../github/api/request.ts';
import type { PullRequest } from '../../github/comment/issue-comments.ts';
import { markerLine } from '../../github/comment/marker.ts';
import { putStickyComment, type StickyOutcome } from '../../github/comment/sticky-comment.ts';
import { renderMarkdown } from '../../report/render/markdown/render.ts';
import type { Report } from '../../report/report.ts';

export interface ReportComment {
  readonly report: Report;
  readonly pullRequest: PullRequest;
  /** The run that the report is of. */
  readonly run: { readonly number: number; readonly attempt: number };
  /** The login that the token comments as. */
  readonly author: string;
  readonly linkHosts?: readonly string[];
}

/** Brings the report's one comment on its pull request up to date. */
export function postReport(
  request: GitHubRequest,
  { report, pullRequest, run, author, linkHosts }: ReportComment,
  clock: Clock = realClock,
): Promise<StickyOutcome> {
  const marker = { pipeline: report.pipeline, run: run.number, attempt: run.attempt };
  const { text } = renderMarkdown(report, {
    marker: markerLine(marker),
    restIn: 'the job summary',
    ...(linkHosts && { linkHosts }),
  });
  return putStickyComment(request, pullRequest, { marker, body: text, author }, clock);
}
