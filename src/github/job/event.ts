import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import type { EndedRun } from './fork-run.ts';
import { underAct } from './job.ts';

/** What an action needs to know of the event that its run of the pipeline is for. */
export interface PipelineEvent {
  readonly kind: 'pipeline';
  /** GitHub's name of it, such as `pull_request`. */
  readonly name: string;
  readonly base: BaseRule;
  /** The commit that the run is of, where the event says it; else it is the one checked out. */
  readonly head: string | undefined;
  /** The branch that may be given a commit with the run's results; undefined for every other ref. */
  readonly branch: string | undefined;
  readonly pullRequest?: { readonly number: number; readonly fromFork: boolean };
}

/** What a run's results are compared with. */
export type BaseRule =
  /** Where the branch of `head` left the branch `ref`, whose tip is `commit`. */
  | {
      readonly kind: 'merge-base';
      readonly commit: string;
      readonly ref: string;
      readonly head: string;
    }
  | { readonly kind: 'commit'; readonly commit: string; readonly ref?: string }
  /** The commit that is checked out: what the run changes is all there is to see. */
  | { readonly kind: 'checkout' }
  /** A ref that was made just now. */
  | { readonly kind: 'nothing' };

/** A `workflow_run`: another run has ended, and GitHub says which. */
export interface RunEnded {
  readonly kind: 'run-ended';
  readonly run: EndedRun;
}

const commit = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/, 'no commit'));
const name = v.pipe(v.string(), v.minLength(1));
const repository = v.nullish(v.object({ full_name: v.nullish(v.string()) }));

const pushSchema = v.object({
  ref: v.nullish(name),
  before: v.nullish(commit),
  after: v.nullish(commit),
  deleted: v.nullish(v.boolean()),
});
const pullRequestSchema = v.object({
  action: v.nullish(v.string()),
  pull_request: v.object({
    number: v.number(),
    base: v.object({ sha: commit, ref: name, repo: repository }),
    head: v.object({ sha: commit, repo: repository }),
  }),
});
const mergeGroupSchema = v.object({
  action: v.nullish(v.string()),
  merge_group: v.object({ base_sha: commit, base_ref: name, head_sha: v.nullish(commit) }),
});
const endedRunSchema = v.object({
  workflow_run: v.object({
    id: v.number(),
    event: name,
    html_url: v.string(),
    conclusion: v.nullish(v.string()),
    run_number: v.number(),
    run_attempt: v.nullish(v.number()),
    head_sha: commit,
    head_branch: v.nullish(v.string()),
    /** Null, or without an owner, once the fork or its owner's account is deleted. */
    head_repository: v.nullish(
      v.object({
        id: v.nullish(v.number()),
        full_name: v.nullish(v.string()),
        owner: v.nullish(v.object({ login: v.nullish(v.string()) })),
      }),
    ),
  }),
});

/** Events that come without a change of the repository: the branch that they run on is as it was. */
const withoutChange = ['workflow_dispatch', 'repository_dispatch', 'schedule', 'release'];

/**
 * The event that this job runs for, from GITHUB_EVENT_NAME and GITHUB_EVENT_PATH. Throws 'usage' for
 * one that the pipeline does not run for, and for one that does not say what it should.
 */
export function readEvent(env: NodeJS.ProcessEnv): PipelineEvent | RunEnded {
  const event = env.GITHUB_EVENT_NAME;
  if (!event) {
    throw refused(
      'GITHUB_EVENT_NAME is missing: this does not run in a job of a workflow',
      'Use the action in a workflow, on GitHub or under act; on a laptop, use bin/sibling.',
    );
  }
  const payload = readPayload(env.GITHUB_EVENT_PATH);
  switch (event) {
    case 'push':
      return pushed(check(event, pushSchema, payload), env);
    case 'pull_request':
      // Act without an event file knows of no pull request: there is nothing else to compare with.
      if (underAct(env) && !('pull_request' in payload)) return withoutBase(event, undefined);
      return pullRequest(check(event, pullRequestSchema, payload));
    case 'merge_group':
      return mergeGroup(check(event, mergeGroupSchema, payload));
    case 'workflow_run':
      return runEnded(payload);
    case 'pull_request_target':
      throw refused(
        'pull_request_target would run the code of a pull request with the rights of this repository',
        'Run the pipeline on pull_request, and comment from a workflow_run workflow (docs/COMMENT.md, Forks).',
      );
    default:
      if (withoutChange.includes(event)) return withoutBase(event, refOf(payload, env));
      throw refused(
        `the pipeline does not run for the event ${event}`,
        `It runs for push, pull_request, merge_group, ${withoutChange.join(', ')}; start the workflow on one of them.`,
      );
  }
}

/** As `readEvent`, for actions that work on the pipeline's own run. Throws 'usage' for `workflow_run`. */
export function pipelineEvent(env: NodeJS.ProcessEnv): PipelineEvent {
  const event = readEvent(env);
  if (event.kind === 'pipeline') return event;
  throw refused(
    `workflow_run says that run ${event.run.id} has ended; there is nothing to run for it`,
    'On workflow_run only comment-metrics is of use: it comments for a fork.',
  );
}

function pushed(
  { ref, before, after, deleted }: v.InferOutput<typeof pushSchema>,
  env: NodeJS.ProcessEnv,
): PipelineEvent {
  const name = ref ?? env.GITHUB_REF;
  if (deleted || isNone(after)) {
    throw refused(
      `the push deleted ${name ?? 'a ref'}: nothing is left there to run the pipeline on`,
      'Leave such a push out:\n\nif: github.event.deleted != true',
    );
  }
  const base: BaseRule =
    before == null
      ? { kind: 'checkout' }
      : isNone(before)
        ? { kind: 'nothing' }
        : { kind: 'commit', commit: before };
  return { kind: 'pipeline', name: 'push', base, head: after ?? undefined, branch: branchOf(name) };
}

function pullRequest({
  action,
  pull_request: { number, base, head },
}: v.InferOutput<typeof pullRequestSchema>): PipelineEvent {
  if (action === 'closed') {
    throw refused(
      `pull request #${number} is closed: nobody waits for its results`,
      'Run for the types opened, synchronize and reopened; what was merged is run by the push to its branch.',
    );
  }
  // Of a fork that was deleted there is no repository; a hand-written event may leave both out.
  const fromFork = head.repo?.full_name !== base.repo?.full_name;
  return {
    ...{ kind: 'pipeline', name: 'pull_request', head: head.sha, branch: undefined },
    base: { kind: 'merge-base', commit: base.sha, ref: base.ref, head: head.sha },
    pullRequest: { number, fromFork },
  };
}

function mergeGroup({
  action,
  merge_group: group,
}: v.InferOutput<typeof mergeGroupSchema>): PipelineEvent {
  if (action != null && action !== 'checks_requested') {
    throw refused(
      `the merge group was ${action}: nobody waits for its results`,
      'Run for the type checks_requested.',
    );
  }
  const ref = branchOf(group.base_ref) ?? group.base_ref;
  return {
    ...{
      kind: 'pipeline',
      name: 'merge_group',
      head: group.head_sha ?? undefined,
      branch: undefined,
    },
    base: { kind: 'commit', commit: group.base_sha, ref },
  };
}

function runEnded(payload: object): RunEnded {
  const { workflow_run: run } = check('workflow_run', endedRunSchema, payload);
  const { id, full_name, owner } = run.head_repository ?? {};
  return {
    kind: 'run-ended',
    run: {
      ...run,
      conclusion: run.conclusion ?? null,
      run_attempt: run.run_attempt ?? 1,
      head_branch: run.head_branch ?? '',
      head_repository:
        full_name && owner?.login
          ? { id: id ?? undefined, full_name, owner: { login: owner.login } }
          : undefined,
    },
  };
}

function withoutBase(event: string, ref: string | undefined): PipelineEvent {
  const base = { kind: 'checkout' } as const;
  return { kind: 'pipeline', name: event, base, head: undefined, branch: branchOf(ref) };
}

function refOf(payload: object, env: NodeJS.ProcessEnv): string | undefined {
  const { ref } = payload as { ref?: unknown };
  return typeof ref === 'string' ? ref : env.GITHUB_REF;
}

function branchOf(ref: string | undefined): string | undefined {
  return /^refs\/heads\/(.+)$/.exec(ref ?? '')?.[1];
}

function isNone(sha: string | null | undefined): boolean {
  return sha != null && /^0+$/.test(sha);
}

function readPayload(path: string | undefined): object {
  const hint = 'GitHub and act write it for each job; do not set GITHUB_EVENT_PATH.';
  if (!path) throw refused('GITHUB_EVENT_PATH is missing: there is no event to read', hint);
  try {
    const payload: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof payload === 'object' && payload !== null) return payload;
  } catch (error) {
    throw refused(`the event ${path} cannot be read: ${(error as Error).message}`, hint);
  }
  throw refused(`the event ${path} is no JSON object`, hint);
}

function check<Schema extends v.GenericSchema>(
  event: string,
  schema: Schema,
  payload: object,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, payload);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refused(
    `the event ${event} is not as GitHub sends it: ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`,
    'Under act, give the whole event with --eventpath; make act-pr writes one.',
  );
}

function refused(cause: string, hint: string): ExpectedFailure {
  return new ExpectedFailure({ kind: 'usage', cause, hint });
}
