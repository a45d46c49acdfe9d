import { getExecOutput } from '@actions/exec';
import { ExpectedFailure } from '../errors.ts';
import { git, gitOrThrow } from '../git.ts';
import type { PipelineEvent } from './event.ts';

const identity = [
  '-c',
  'user.name=github-actions[bot]',
  '-c',
  'user.email=41898282+github-actions[bot]@users.noreply.github.com',
];

const tries = 5;

/**
 * Commits files to the branch that was pushed, and pushes it; when the branch has moved on, on top
 * of that. Never forces. Gives the commit, undefined where nothing changed or where the event is not
 * a branch's. Throws 'github' when the branch does not take it.
 */
export async function commitResults(
  root: string,
  files: readonly string[],
  message: string,
  { name, branch }: PipelineEvent,
  report: (line: string) => void,
): Promise<string | undefined> {
  if (branch === undefined) {
    report(`Nothing is committed for ${name}: it is not of a branch that takes commits`);
    return undefined;
  }
  if (files.length > 0) await gitOrThrow(root, 'add', '--', ...files);
  if (!(await git(root, 'diff', '--cached', '--name-only'))) {
    report('Nothing to commit: the branch has these results already');
    return undefined;
  }
  await gitOrThrow(root, ...identity, 'commit', '--quiet', '--message', message);
  for (let attempt = 1; ; attempt++) {
    const refusal = await tryPush(root, branch);
    if (refusal === undefined) break;
    if (
      !/fetch first|non-fast-forward|stale info|cannot lock ref/i.test(refusal) ||
      attempt === tries
    ) {
      throw refused(branch, refusal);
    }
    report(`${branch} has moved on: committing on top of it`);
    await gitOrThrow(root, 'fetch', '--quiet', 'origin', branch);
    const rebased = await git(root, ...identity, 'rebase', '--quiet', 'FETCH_HEAD');
    if (rebased === undefined) {
      await git(root, 'rebase', '--abort');
      throw new ExpectedFailure({
        kind: 'github',
        cause: `${branch} has other results by now: its dvc.lock or metrics differ from this run's`,
        hint: 'The run of the newer commit will bring its own; nothing was overwritten.',
      });
    }
  }
  const commit = await git(root, 'rev-parse', 'HEAD');
  report(`Committed ${files.join(', ')} to ${branch}: ${commit}`);
  return commit;
}

/** What Git says when the push is refused; undefined when it went through. */
async function tryPush(root: string, branch: string): Promise<string | undefined> {
  const push = ['-C', root, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`];
  const { exitCode, stderr } = await getExecOutput('git', push, {
    silent: true,
    ignoreReturnCode: true,
  });
  return exitCode === 0 ? undefined : stderr.trim();
}

function refused(branch: string, words: string): ExpectedFailure {
  const isProtected = /protected branch|GH006|GH013/i.test(words);
  return new ExpectedFailure({
    kind: 'github',
    cause: isProtected
      ? `${branch} is protected and takes no commit from this workflow`
      : `${branch} does not take the commit`,
    hint: isProtected
      ? 'Let the workflow bypass the rule, or leave commit off and commit dvc.lock in the pull request (make git-sync).'
      : 'The job needs the permission contents: write, and checkout must keep its credentials.',
    details: words.split('\n').slice(-10),
  });
}
