import { ExpectedFailure } from '../../errors.ts';
import type { Clock } from '../api/clock.ts';
import { ownLogin } from '../api/own-login.ts';
import {
  BrokenAnswer,
  type GitHubRequest,
  isRateLimit,
  type RequestFailure,
  requestFailure,
  retryDelay,
} from '../api/request.ts';
import {
  EndlessAnswer,
  type IssueComments,
  issueComments,
  type PullRequest,
} from './issue-comments.ts';
import type { CommentMarker } from './marker.ts';
import { type Comment, hasUnknown, nextStep, type OwnReport, type Step } from './sticky-step.ts';

/** What became of the comment. */
export type StickyOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly id: number }
  /** A newer run has written; its comment stays. */
  | { readonly kind: 'newer'; readonly id: number; readonly by: CommentMarker }
  /** GitHub does not let this token write: the report goes to the step summary, with a warning. */
  | { readonly kind: 'refused'; readonly cause: string; readonly hint: string }
  /** GitHub cannot be reached, or failed too often: the same. */
  | { readonly kind: 'unavailable'; readonly cause: string; readonly hint: string };

/**
 * Milliseconds after a write before the comment is looked at once more. GitHub's comments know no
 * conditional write, so an older run that looked before we wrote can write over it afterwards. It does
 * that within the time of a request; the newer run looks again after a longer one, and mends it.
 */
const settleTime = 2_000;
const maxRounds = 12;
/** Milliseconds that are spent on waiting for GitHub in all. */
const maxWaiting = 180_000;

/**
 * Brings the pull request to exactly one comment with this report, or with that of a newer run. It
 * looks, does the one thing that `nextStep` says, and looks again; after a failed write too, since
 * that may have reached GitHub all the same. What GitHub answers is never thrown. `author` is the
 * login that the token is said to write as; where comments with our marker are by others, or a
 * comment turns out to be by another login, GitHub's own word counts too.
 */
export async function putStickyComment(
  request: GitHubRequest,
  pullRequest: PullRequest,
  report: OwnReport & { readonly author: string },
  clock: Clock,
): Promise<StickyOutcome> {
  const comments = issueComments(request, pullRequest);
  const ourselves = {
    logins: new Set(report.author === '' ? [] : [report.author]),
    made: new Set<number>(),
    mayHaveMade: false,
  };
  let isAsked = false;
  let done: 'created' | 'updated' | 'unchanged' = 'unchanged';
  let updated: number | undefined;
  let failures = 0;
  let waited = 0;
  for (let round = 0; round < maxRounds; round++) {
    let isCreating = false;
    const begun = clock.now();
    try {
      const found = await look(comments, updated);
      let step = nextStep(found, report, ourselves);
      if (step.do === 'create' && !isAsked && hasUnknown(found, report, ourselves)) {
        isAsked = true;
        const login = await ownLogin(request);
        if (login !== undefined) ourselves.logins.add(login);
        step = nextStep(found, report, ourselves);
      }
      if (step.do === 'nothing') {
        return step.newer
          ? { kind: 'newer', id: step.id, by: step.newer }
          : { kind: done, id: step.id };
      }
      if (step.do === 'create' && ourselves.made.size > 0) {
        throw new BrokenAnswer('the comment was made, and is not among those that are there');
      }
      isCreating = step.do === 'create';
      done = doneBy(step, done);
      const made = await act(comments, step, report);
      if (made !== undefined) {
        ourselves.made.add(made.id);
        if (made.author !== '') ourselves.logins.add(made.author);
      }
      updated = step.do === 'update' && step.last ? step.id : undefined;
      failures = 0;
      await clock.sleep(settleTime);
    } catch (error) {
      if (error instanceof ExpectedFailure) {
        const { cause, hint } = error.failure;
        return { kind: 'refused', cause, hint };
      }
      const failure = requestFailure(error);
      if (error instanceof EndlessAnswer) return givenUp(failure, pullRequest);
      // A refusal is certain; anything else may have come after the comment was there.
      if (isCreating && (failure.status ?? 500) >= 500) ourselves.mayHaveMade = true;
      const delay = retryDelay(failure, ++failures, clock.now());
      // A server that lets each request run into its limit has had its time as well.
      if (failure.status === undefined) waited += clock.now() - begun;
      if (delay === undefined || waited + delay > maxWaiting) return givenUp(failure, pullRequest);
      updated = undefined;
      waited += delay;
      await clock.sleep(delay);
    }
  }
  const message = 'other runs keep changing it';
  return givenUp({ status: undefined, message, headers: {} }, pullRequest);
}

/** After an update, the one comment tells whether it stayed; else all of them are read. */
async function look(comments: IssueComments, updated: number | undefined) {
  const only = updated === undefined ? undefined : await comments.get(updated);
  return only ? [only] : comments.list();
}

async function act(
  comments: IssueComments,
  step: Exclude<Step, { do: 'nothing' }>,
  report: OwnReport,
): Promise<Comment | undefined> {
  switch (step.do) {
    case 'create':
      return comments.create(report.body);
    case 'update':
      await comments.update(step.id, step.body);
      return undefined;
    case 'delete':
      await comments.remove(step.id);
      return undefined;
  }
}

function doneBy<Done extends string>(step: Step, done: Done): Done | 'created' | 'updated' {
  if (step.do === 'create') return 'created';
  return step.do === 'update' && done === 'unchanged' ? 'updated' : done;
}

function givenUp(failure: RequestFailure, { owner, repo, number }: PullRequest): StickyOutcome {
  const { status, message } = failure;
  const answer = status === undefined ? message : `${status} ${message}`;
  const cause = `the comment on ${owner}/${repo}#${number} could not be written: ${answer}`;
  const hint = isRateLimit(failure) ? undefined : refusalHint(status, message);
  return hint === undefined
    ? { kind: 'unavailable', cause, hint: 'The step summary has the report; run the job again.' }
    : { kind: 'refused', cause, hint };
}

/** What to do about a refusal; undefined for a failure of GitHub's own. */
function refusalHint(status: number | undefined, message: string): string | undefined {
  switch (status) {
    case 401:
      return 'The token is wrong or has expired; pass a valid one.';
    case 403:
      return /lock/i.test(message)
        ? 'The conversation is locked; unlock it to get comments.'
        : `Give the job the right to comment:\n\npermissions:\n  contents: read\n  pull-requests: write\n\nA pull request from a fork never has it; there, comment from a workflow_run workflow.`;
    case 404:
    case 410:
      return 'Check that the pull request exists, and that the token may see its repository and write there (pull-requests: write).';
    case 422:
      return 'GitHub does not take this comment; the step summary has the report.';
    default:
      return undefined;
  }
}
