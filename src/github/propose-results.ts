import { ExpectedFailure } from '../errors.ts';
import { git, gitFor, gitOrThrow } from '../git.ts';
import { unattended } from '../git-trust/git-settings.ts';
import { distinctName } from '../names/distinct-name.ts';
import { amendMessage, type ProtectedCommit } from './commit-results.ts';
import { type GitHubRequest, requestFailure } from './request.ts';

export interface ProposedResults {
  readonly number: number;
  readonly url: string;
}

/**
 * Pushes a commit that its branch does not take to a branch of its own, and opens a pull request for
 * it. The same results have the same branch, so that a second run finds the first one's pull request.
 * Throws 'github'.
 */
export async function proposeResults(
  request: GitHubRequest,
  { owner, repo }: { readonly owner: string; readonly repo: string },
  { root, branch, message, report }: ProtectedCommit,
): Promise<ProposedResults> {
  const title = message.replace(/\s*\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/gi, '');
  const tree = await gitOrThrow(root, 'rev-parse', 'HEAD^{tree}');
  const head = `sibling/results-${distinctName(branch)}-${tree.slice(0, 12)}`;
  if (!(await git(root, 'ls-remote', '--heads', 'origin', `refs/heads/${head}`))) {
    await amendMessage(root, title);
    const purpose = { purpose: `pushing the results to ${head}` };
    await gitFor(
      purpose,
      root,
      ...unattended,
      'push',
      '--quiet',
      'origin',
      `HEAD:refs/heads/${head}`,
    );
  }
  const proposed = await refusing(async () => {
    const open = { owner, repo, state: 'open', head: `${owner}:${head}`, base: branch };
    const { data: found } = await request('GET /repos/{owner}/{repo}/pulls', open);
    const [before] = Array.isArray(found) ? found : [];
    if (before) return before;
    const body = `The pipeline ran on \`${branch}\`, which takes no commit from its workflow. These are the entries of \`dvc.lock\` and the metrics that it found; the data are in the DVC remote.`;
    const wanted = { owner, repo, head, base: branch, title, body };
    return (await request('POST /repos/{owner}/{repo}/pulls', wanted)).data;
  });
  const { number, html_url: url } = proposed as { number: number; html_url: string };
  report(`${branch} is protected: the results are in pull request #${number}, ${url}`);
  return { number, url };
}

async function refusing(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    const { status, message } = requestFailure(error);
    throw new ExpectedFailure({
      kind: 'github',
      cause: `the pull request with the results could not be opened: ${status ?? 'no answer'} ${message}`,
      hint: 'Give the job the right to it, and let workflows open pull requests (Settings, Actions, General):\n\npermissions:\n  contents: write\n  pull-requests: write',
    });
  }
}
