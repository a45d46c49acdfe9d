import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import { git, gitFor, gitOrThrow } from '../../git/git.ts';
import { unattended } from '../../git/trust/settings.ts';
import { distinctName } from '../../text/distinct-name.ts';
import { givenNumber, itemsOf, readAnswer, webAddress } from '../api/answers.ts';
import { BrokenAnswer, type GitHubRequest, requestFailure } from '../api/request.ts';
import { amendMessage, type ProtectedCommit } from './commit-results.ts';

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
    const [before] = itemsOf(pullSchema, 'open pull requests', found);
    if (before) return before;
    const body = `The pipeline ran on \`${branch}\`, which takes no commit from its workflow. These are the entries of \`dvc.lock\` and the metrics that it found; the data are in the DVC remote.`;
    const wanted = { owner, repo, head, base: branch, title, body };
    const { data } = await request('POST /repos/{owner}/{repo}/pulls', wanted);
    return readAnswer(pullSchema, 'the pull request that was opened', data);
  });
  const { number, html_url: url } = proposed;
  report(`${branch} is protected: the results are in pull request #${number}, ${url}`);
  return { number, url };
}

const pullSchema = v.object({ number: givenNumber, html_url: webAddress });

async function refusing<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BrokenAnswer) throw notUnderstood(error.message);
    const { status, message } = requestFailure(error);
    throw new ExpectedFailure({
      kind: 'github',
      cause: `the pull request with the results could not be opened: ${status ?? 'no answer'} ${message}`,
      hint: 'Give the job the right to it, and let workflows open pull requests (Settings, Actions, General):\n\npermissions:\n  contents: write\n  pull-requests: write',
    });
  }
}

function notUnderstood(why: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'github',
    cause: `whether the pull request with the results was opened cannot be told: ${why}`,
    hint: 'The commit is on its branch: look among the open pull requests, or run the job again, which finds it.',
  });
}
