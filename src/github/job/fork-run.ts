import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import { givenNumber, itemsOf } from '../api/answers.ts';
import type { GitHubRequest } from '../api/request.ts';

/** What a `workflow_run` event says of the run that ended; GitHub says it, not the fork. */
export interface EndedRun {
  readonly id: number;
  readonly event: string;
  readonly html_url: string;
  readonly conclusion: string | null;
  readonly run_number: number;
  readonly run_attempt: number;
  readonly head_sha: string;
  readonly head_branch: string;
  /** Undefined for a fork that was deleted while the run went on. */
  readonly head_repository: ForkRepository | undefined;
}

export interface ForkRepository {
  /** Stays when the repository is renamed. */
  readonly id?: number | undefined;
  readonly full_name: string;
  readonly owner: { readonly login: string };
}

/**
 * The open pull request that a run was for. `workflow_run.pull_requests` is empty for forks, so it is
 * the one whose head is the run's commit on the run's branch of the run's repository. Undefined when
 * there is none any more: closed, or pushed to since.
 */
export async function pullRequestOf(
  request: GitHubRequest,
  { owner, repo }: { readonly owner: string; readonly repo: string },
  run: EndedRun,
): Promise<number | undefined> {
  if (run.event !== 'pull_request') {
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `the run was for the event ${run.event}, not for a pull request`,
      hint: "Let the job run only if github.event.workflow_run.event == 'pull_request'.",
    });
  }
  const fork = run.head_repository;
  if (fork === undefined) return undefined;
  const { data } = await request('GET /repos/{owner}/{repo}/pulls', {
    ...{ owner, repo, state: 'open', per_page: 100 },
    head: `${fork.owner.login}:${run.head_branch}`,
  });
  const pulls = itemsOf(pullSchema, 'open pull requests', data, ({ head }) => {
    const { sha } = Object(head) as { sha?: unknown };
    return typeof sha === 'string' ? sha === run.head_sha : undefined;
  });
  return pulls.find(({ head }) => head.sha === run.head_sha && isSame(head.repo, fork))?.number;
}

const pullSchema = v.object({
  number: givenNumber,
  head: v.object({
    sha: v.string(),
    repo: v.nullable(v.object({ id: v.nullish(v.number()), full_name: v.nullish(v.string()) })),
  }),
});

/** Whether it is the fork that the run was of, under whatever name. */
function isSame(
  repository: v.InferOutput<typeof pullSchema>['head']['repo'],
  fork: ForkRepository,
): boolean {
  if (!repository) return false;
  if (fork.id !== undefined && typeof repository.id === 'number') return repository.id === fork.id;
  return repository.full_name === fork.full_name;
}
