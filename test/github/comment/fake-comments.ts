import type { GitHubRequest } from '../../../src/github/api/request.ts';

/** What goes wrong with one request. */
export interface Fault {
  /** Undefined: no answer at all. */
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether GitHub did what was asked before the answer was lost. */
  readonly done?: boolean;
  /** The answer is a 200 whose body was cut. */
  readonly cut?: boolean;
}

export interface SentRequest {
  readonly route: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

interface StoredComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string } | null;
}

/** What kind of token a client has: GitHub tells only some of them who they are. */
export type Token = 'workflow' | 'person' | 'app' | 'no-graphql' | 'nobody';

/** The comments of one pull request, behind what octokit's `request` would answer. */
export class FakeComments {
  readonly comments: StoredComment[] = [];
  readonly sent: SentRequest[] = [];
  /** Whether the list comes in pages: some servers give all of it for each. */
  pages = true;
  #nextId = 1;

  add(author: string, body: string): number {
    const id = this.#nextId++;
    this.comments.push({ id, body, user: { login: author } });
    return id;
  }

  /**
   * A client that writes as `author`. `faultOf` says what goes wrong with its nth request, counted
   * from 0; `travel` takes the time of a request on its way there and back.
   */
  client(
    author: string,
    {
      faultOf = () => undefined,
      travel = async () => undefined,
      token = 'workflow',
    }: {
      faultOf?: (index: number, route: string) => Fault | undefined;
      travel?: () => Promise<void>;
      token?: Token;
    } = {},
  ): GitHubRequest {
    let index = 0;
    return async (route, parameters) => {
      const fault = faultOf(index++, route);
      this.sent.push({ route, parameters });
      const { signal } = Object(parameters.request) as { signal?: unknown };
      if (!(signal instanceof AbortSignal)) throw new Error('a request could hang for ever');
      await travel();
      if (fault && !fault.done) throw errorOf(fault);
      const answer = whoAmI(author, token, route) ?? this.#answer(author, route, parameters);
      await travel();
      if (fault?.cut) return { status: 200, headers: {}, data: '' };
      if (fault) throw errorOf(fault);
      return answer;
    };
  }

  #answer(author: string, route: string, parameters: Readonly<Record<string, unknown>>) {
    const { comment_id: id, body, page, per_page: size } = parameters as Record<string, number>;
    const found = this.comments.findIndex((comment) => comment.id === id);
    const comment = this.comments[found];
    switch (route) {
      case 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': {
        const from = this.pages ? ((page ?? 1) - 1) * (size ?? 30) : 0;
        const to = this.pages ? from + (size ?? 30) : undefined;
        return ok(
          200,
          this.comments.slice(from, to).map((item) => ({ ...item })),
        );
      }
      case 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments':
        this.add(author, String(body));
        return ok(201, { ...this.comments.at(-1) });
      case 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}':
        if (!comment) throw errorOf({ status: 404, message: 'Not Found' });
        return ok(200, { ...comment });
      case 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}':
        if (!comment) throw errorOf({ status: 404, message: 'Not Found' });
        comment.body = String(body);
        return ok(200, { ...comment });
      case 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}':
        if (!comment) throw errorOf({ status: 404, message: 'Not Found' });
        this.comments.splice(found, 1);
        return ok(204, undefined);
      default:
        throw new Error(`unexpected request: ${route}`);
    }
  }
}

/** The answers to the two questions after one's own login, as GitHub gives them by kind of token. */
function whoAmI(author: string, token: Token, route: string) {
  const isApp = token === 'workflow' || token === 'app';
  if (route === 'POST /graphql') {
    if (token === 'no-graphql') throw errorOf({ status: 404, message: 'Not Found' });
    return ok(200, { data: token === 'nobody' ? null : { viewer: { login: author } } });
  }
  if (route !== 'GET /user') return undefined;
  if (isApp) throw errorOf({ status: 403, message: 'Resource not accessible by integration' });
  return ok(200, token === 'nobody' ? {} : { login: author });
}

function ok(status: number, data: unknown) {
  return { status, headers: {}, data };
}

/** As octokit's RequestError; without an answer it has the status 500 and no response. */
function errorOf({ status, message = 'failed', headers = {} }: Fault): Error {
  const response = status === undefined ? {} : { response: { status, headers, data: { message } } };
  return Object.assign(new Error(message), { status: status ?? 500, ...response });
}
