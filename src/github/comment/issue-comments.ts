import { loginIn } from '../api/own-login.ts';
import { BrokenAnswer, type GitHubRequest } from '../api/request.ts';
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
  /** The comment as it was made: its author is who we are. */
  create(body: string): Promise<Comment>;
  update(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
}

/** Pages without end: read again, they would have none either. */
export class EndlessAnswer extends BrokenAnswer {}

/** GitHub's largest page. */
const pageSize = 100;
/** A pull request has a few hundred comments at the most: more pages than these are a loop. */
const mostPages = 100;
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

  async function get(id: number): Promise<Comment | undefined> {
    const parameters = { owner, repo, comment_id: id };
    const answer = await unlessGone(request(`GET ${path}`, parameters));
    return answer && commentOf(answer.data);
  }

  /** GitHub says 404 also to who may read a comment and not write it. */
  async function change(method: 'PATCH' | 'DELETE', id: number, fields = {}): Promise<void> {
    try {
      await request(`${method} ${path}`, { owner, repo, comment_id: id, ...fields });
    } catch (error) {
      const isGone =
        (error as { status?: unknown }).status === 404 && (await get(id)) === undefined;
      if (!isGone) throw error;
    }
  }

  return {
    async list() {
      const comments = new Map<number, Comment>();
      for (let page = 1; page <= mostPages; page++) {
        const { data } = await request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...ofIssue,
          per_page: pageSize,
          page,
        });
        if (!Array.isArray(data)) throw new BrokenAnswer('the list of comments is no list');
        const before = comments.size;
        for (const comment of data.map(commentOf)) comments.set(comment.id, comment);
        // A server that does not page gives the same comments again, however many.
        if (data.length < pageSize || comments.size === before) return [...comments.values()];
      }
      throw new EndlessAnswer(`the list of comments has no end after ${mostPages} pages`);
    },
    get,
    async create(body) {
      const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      return commentOf((await request(route, { ...ofIssue, body })).data);
    },
    update: (id, body) => change('PATCH', id, { body }),
    remove: (id) => change('DELETE', id),
  };
}

function commentOf(data: unknown): Comment {
  const { id, body, user } = Object(data) as { id?: unknown; body?: unknown; user?: unknown };
  if (typeof id !== 'number') throw new BrokenAnswer('a comment has no id');
  return { id, body: typeof body === 'string' ? body : '', author: loginIn(user) ?? '' };
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
