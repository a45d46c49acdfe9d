import { BrokenAnswer, type GitHubRequest } from './request.ts';
import type { Comment } from './sticky-step.ts';

export interface PullRequest {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** The comments of one pull request. Rejects with octokit's error, but for a comment that is gone. */
export interface IssueComments {
  /** All of them, oldest first. */
  list(): Promise<Comment[]>;
  /** Undefined when it is gone. */
  get(id: number): Promise<Comment | undefined>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
}

/** GitHub's largest page. */
const pageSize = 100;
/** Milliseconds after which a request counts as lost: GitHub itself gives up after ten seconds. */
const timeout = 20_000;

export function issueComments(
  send: GitHubRequest,
  { owner, repo, number }: PullRequest,
): IssueComments {
  const request: GitHubRequest = (route, parameters) =>
    send(route, { ...parameters, request: { signal: AbortSignal.timeout(timeout) } });
  const ofIssue = { owner, repo, issue_number: number };
  const path = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
  return {
    async list() {
      const comments: Comment[] = [];
      for (let page = 1; ; page++) {
        const { data } = await request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...ofIssue,
          per_page: pageSize,
          page,
        });
        if (!Array.isArray(data)) throw new BrokenAnswer('the list of comments is no list');
        comments.push(...data.map(commentOf));
        if (data.length < pageSize) return comments;
      }
    },
    async get(id) {
      const parameters = { owner, repo, comment_id: id };
      const answer = await unlessGone(request(`GET ${path}`, parameters));
      return answer && commentOf(answer.data);
    },
    async create(body) {
      await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...ofIssue,
        body,
      });
    },
    async update(id, body) {
      await unlessGone(request(`PATCH ${path}`, { owner, repo, comment_id: id, body }));
    },
    async remove(id) {
      await unlessGone(request(`DELETE ${path}`, { owner, repo, comment_id: id }));
    },
  };
}

function commentOf(data: unknown): Comment {
  const { id, body, user } = Object(data) as {
    id?: unknown;
    body?: string | null;
    /** Null for a deleted account. */
    user?: { login?: string } | null;
  };
  if (typeof id !== 'number') throw new BrokenAnswer('a comment has no id');
  return { id, body: body ?? '', author: user?.login ?? '' };
}

/** Another run of ours, or a person, may delete a comment at any time. */
async function unlessGone<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { status?: unknown }).status === 404) return undefined;
    throw error;
  }
}
