import { createEmulator } from 'emulate';
import { type StandInServer, startStandIn } from '../http/stand-in-server.ts';
import { freePort } from '../server-process.ts';
import { githubDescription } from './description.ts';
import { githubService, type Token } from './github-service.ts';

/** GitHub's REST API on a loopback address: GITHUB_API_URL for octokit. */
export interface GitHubStandIn extends StandInServer {
  readonly owner: string;
  readonly repo: string;
  /** A person's token, the workflow's own, and a workflow's that came from a fork. */
  readonly tokens: { readonly person: string; readonly workflow: string; readonly fork: string };
  /** Opens a pull request of one commit that changes one file. */
  openPullRequest(branch: string): Promise<PullRequest>;
  /** The comments of a pull request, oldest first. */
  comments(pullRequest: number): Promise<Comment[]>;
  /** Throws if a request came that GitHub's published description does not allow. */
  stop(): Promise<void>;
  /** Any other call, as the person. Throws unless it succeeds. */
  call(method: string, path: string, body?: object): Promise<unknown>;
}

export interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string; readonly ref: string };
  readonly base: { readonly sha: string; readonly ref: string };
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

/** Starts the stand-in with one repository that has a branch `main`. */
export async function startGitHub({
  owner = 'ada',
  repo = 'iris',
}: {
  owner?: string;
  repo?: string;
} = {}): Promise<GitHubStandIn> {
  const bot = 'github-actions[bot]';
  const tokens = { person: 'person-token', workflow: 'workflow-token', fork: 'fork-token' };
  const rights = new Map<string, Token>([
    [tokens.person, { login: owner, mayWrite: true }],
    [tokens.workflow, { login: bot, mayWrite: true }],
    [tokens.fork, { login: bot, mayWrite: false }],
  ]);
  const port = await freePort();
  const check = githubDescription();
  const violations: string[] = [];
  const server = await startStandIn([
    githubService(
      rights,
      () => new URL(`http://127.0.0.1:${port}`),
      (request) => violations.push(...check(request)),
    ),
  ]);
  // It has no option for the address that it listens on; nothing of worth is in it.
  const emulator = await createEmulator({
    service: 'github',
    port,
    baseUrl: server.url, // so that the links between pages lead through the stand-in
    seed: {
      tokens: Object.fromEntries(
        [...rights].map(([token, { login }]) => [token, { login, scopes: ['repo'] }]),
      ),
      github: {
        users: [{ login: owner }, { login: bot }],
        repos: [{ owner, name: repo, auto_init: true }],
      },
    },
  });
  const path = `/repos/${owner}/${repo}`;

  async function call(method: string, address: string, body?: object): Promise<unknown> {
    // Straight to the emulator: neither recorded nor made to fail.
    const response = await fetch(`http://127.0.0.1:${port}${address}`, {
      method,
      headers: { authorization: `Bearer ${tokens.person}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  // On GitHub the workflow's token may write to its own repository.
  await call('PUT', `${path}/collaborators/${encodeURIComponent(bot)}`, { permission: 'push' });

  return {
    ...server,
    owner,
    repo,
    tokens,
    call,
    async openPullRequest(branch) {
      const main = (await call('GET', `${path}/git/ref/heads/main`)) as { object: { sha: string } };
      await call('POST', `${path}/git/refs`, { ref: `refs/heads/${branch}`, sha: main.object.sha });
      await call('PUT', `${path}/contents/${branch}.txt`, {
        branch,
        message: 'Change',
        content: Buffer.from('changed\n').toString('base64'),
      });
      const opened = await call('POST', `${path}/pulls`, {
        title: branch,
        head: branch,
        base: 'main',
      });
      return opened as PullRequest;
    },
    async comments(pullRequest) {
      const comments: Comment[] = [];
      for (let page = 1; ; page += 1) {
        const address = `${path}/issues/${pullRequest}/comments?per_page=100&page=${page}`;
        const more = (await call('GET', address)) as Comment[];
        comments.push(...more);
        if (more.length < 100) return comments;
      }
    },
    async stop() {
      await Promise.all([server.stop(), emulator.close()]);
      if (violations.length > 0) {
        throw new Error(
          `requests that GitHub's description does not allow:\n${violations.join('\n')}`,
        );
      }
    },
  };
}
