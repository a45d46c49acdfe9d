import { basename } from 'node:path';
import { getExecOutput } from '@actions/exec';
import { ExpectedFailure } from '../../errors.ts';
import {
  askGit,
  type GitPurpose,
  git,
  gitFor,
  gitForPaths,
  gitProcess,
  ignoredPaths,
} from '../../git/git.ts';
import { unattended } from '../../git/trust/settings.ts';
import type { PipelineEvent } from '../job/event.ts';

const botAddress = '41898282+github-actions[bot]@users.noreply.github.com';

/** Settings of Git for the bot's commits. */
const asBot = [
  ...unattended,
  ...[
    'user.name=github-actions[bot]',
    `user.email=${botAddress}`,
    'user.useConfigOnly=false',
  ].flatMap((setting) => ['-c', setting]),
];

const tries = 5;

/** The word of Git for a push to a branch that has other commits by now. */
const elsewhere = 'non-fast-forward';

export interface ResultsToCommit {
  readonly root: string;
  readonly files: readonly string[];
  readonly message: string;
  readonly event: PipelineEvent;
  /**
   * Called when the commit lies on top of others' commits: what there contradicts the results, in a
   * person's words; empty when they hold. `since` is the commit as it was made.
   */
  readonly contradictions: (since: string) => Promise<readonly string[]>;
  /** What to do with the commit where the branch is protected; without it that is a failure. */
  readonly propose?: (commit: ProtectedCommit) => Promise<void>;
  readonly report: (line: string) => void;
}

/** A commit that its branch does not take. */
export interface ProtectedCommit {
  readonly root: string;
  readonly branch: string;
  readonly message: string;
  readonly report: (line: string) => void;
}

/**
 * Commits files to the event's branch and pushes it; when the branch has moved on, on top of that if
 * the results still hold there. Never forces. Gives the commit that the branch has now, undefined
 * where nothing changed or the event is not a branch's. Throws 'github' when the branch does not take it.
 */
export async function commitResults(results: ResultsToCommit): Promise<string | undefined> {
  const { root, files, message, event, contradictions, propose, report } = results;
  const { branch } = event;
  if (branch === undefined) {
    report(`Nothing is committed for ${event.name}: it is not of a branch that takes commits`);
    return undefined;
  }
  const kept = await stage(root, files, report);
  if (await hasStaged(root)) {
    await gitFor(committing, root, ...asBot, 'commit', '--quiet', '--message', message);
  } else if (await isPushed(root, branch, event.head ?? process.env.GITHUB_SHA)) {
    return nothingNew(report);
  }
  const made = await gitFor(committing, root, 'rev-parse', 'HEAD');
  for (let attempt = 1; ; attempt++) {
    const refusal = await tryPush(root, branch);
    if (refusal === undefined) break;
    if (isProtected(refusal) && propose) {
      await propose({ root, branch, message, report });
      return undefined;
    }
    if (!isBehind(refusal)) throw refused(branch, refusal);
    if (attempt === tries) throw outrun(branch);
    report(`${branch} has moved on: committing on top of it`);
    if (!(await rebase(root, branch))) return nothingNew(report);
    const found = await contradictions(made);
    if (found.length > 0) throw outdated(branch, found);
  }
  const commit = await git(root, 'rev-parse', 'HEAD');
  report(`Committed ${someOf(kept)} to ${branch}: ${commit}`);
  return commit;
}

const committing: GitPurpose = {
  purpose: 'committing the results',
  hint: 'Nothing was pushed. What Git said is above; the job needs a checkout that it may write to.',
};

/** Gives the files that are Git's to keep. */
async function stage(
  root: string,
  files: readonly string[],
  report: (line: string) => void,
): Promise<readonly string[]> {
  // An uncached out that Git ignores is nobody's to commit.
  const ignored = await ignoredPaths(root, files);
  const lock = [...ignored].find((file) => basename(file) === 'dvc.lock');
  if (lock !== undefined) throw ignoredLock(lock);
  if (ignored.size > 0) report(`Left out, for Git ignores them: ${someOf([...ignored])}`);
  const kept = files.filter((file) => !ignored.has(file));
  if (kept.length > 0) await gitForPaths(committing, root, [...asBot, 'add', '--all'], kept);
  return kept;
}

async function hasStaged(root: string): Promise<boolean> {
  return (await gitFor(committing, root, 'diff', '--cached', '--name-only')) !== '';
}

/**
 * Whether the branch has the commit that HEAD is. An earlier try of this step may have committed
 * here and been refused there: only the remote can tell. `start` is the commit that the job is of, which
 * no try of this step made, whoever committed it.
 */
async function isPushed(root: string, branch: string, start?: string): Promise<boolean> {
  const head = await gitFor(committing, root, 'log', '-1', '--format=%H %ce');
  const [commit = '', committer] = head.split(' ');
  const tip = await remoteTip(root, branch);
  if (tip === commit || commit === start || committer !== botAddress) return true;
  await fetchBranch(root, branch);
  return (await git(root, 'merge-base', '--is-ancestor', commit, 'FETCH_HEAD')) !== undefined;
}

function someOf(files: readonly string[]): string {
  const more = files.length - 10;
  return `${files.slice(0, 10).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Renames the commit that HEAD is: a pull request with `[skip ci]` would never be checked. */
export async function amendMessage(root: string, message: string): Promise<void> {
  await gitFor(committing, root, ...asBot, 'commit', '--quiet', '--amend', '--message', message);
}

/** Puts the one commit on top of the branch as it is now; false when there it says nothing new. */
async function rebase(root: string, branch: string): Promise<boolean> {
  await fetchBranch(root, branch);
  // Only our commit: where the branch was rewritten, what was below it stays away.
  const onto = ['--quiet', '--onto', 'FETCH_HEAD', 'HEAD~1'];
  if ((await git(root, ...asBot, 'rebase', ...onto)) === undefined) {
    await git(root, ...asBot, 'rebase', '--abort');
    throw outdated(branch, ['its dvc.lock or metrics differ from those of this run']);
  }
  return (await git(root, 'rev-parse', 'HEAD')) !== (await git(root, 'rev-parse', 'FETCH_HEAD'));
}

async function fetchBranch(root: string, branch: string): Promise<void> {
  const purpose = { purpose: `fetching ${branch} from origin` };
  await gitFor(purpose, root, ...asBot, 'fetch', '--quiet', 'origin', `refs/heads/${branch}`);
}

function nothingNew(report: (line: string) => void): undefined {
  report('Nothing to commit: the branch has these results already');
}

/** The commit that the branch has at the remote. Throws 'github' for one that is not there. */
async function remoteTip(root: string, branch: string): Promise<string> {
  const purpose = {
    purpose: `asking origin for ${branch}`,
    hint: 'Nothing was pushed. The checkout must keep its credentials (persist-credentials: true).',
  };
  const ref = `refs/heads/${branch}`;
  const listed = await gitFor(purpose, root, ...asBot, 'ls-remote', '--heads', 'origin', ref);
  // A pattern also matches the end of longer names.
  const line = listed.split('\n').find((each) => each.endsWith(`\t${ref}`));
  // A push would make the branch anew, or, where it was set back, bring back what went away.
  if (line === undefined) throw deleted(branch);
  return line.split('\t')[0] ?? '';
}

/** What Git says when the push is refused; undefined when it went through. */
async function tryPush(root: string, branch: string): Promise<string | undefined> {
  const tip = await remoteTip(root, branch);
  if (tip !== (await gitFor(committing, root, 'rev-parse', 'HEAD~1'))) return elsewhere;
  const push = [...asBot, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`];
  const { args, options } = gitProcess(root, push);
  if (options.uid !== undefined) {
    const answer = await askGit(root, push); // as another user, which the toolkit cannot
    return answer.isDone ? undefined : answer.stderr;
  }
  const { exitCode, stderr } = await getExecOutput('git', args, {
    env: options.env as Record<string, string>,
    silent: true,
    ignoreReturnCode: true,
  });
  return exitCode === 0 ? undefined : stderr.trim();
}

/** The words of Git and of GitHub's rules (GH006 for a protected branch, GH013 for a ruleset). */
function isProtected(refusal: string): boolean {
  return /protected branch|GH006|GH013/i.test(refusal);
}

function isBehind(refusal: string): boolean {
  return /fetch first|non-fast-forward|stale info|cannot lock ref/i.test(refusal);
}

function ignoredLock(file: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `Git ignores ${file}, without which nobody can tell what the results are of`,
    hint: `Take the pattern out of .gitignore: git check-ignore -v ${file} shows it. Nothing was committed.`,
    place: { file },
  });
}

function outdated(branch: string, contradictions: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'github',
    cause: `${branch} has moved on, and the results of this run do not hold there`,
    hint: 'Nothing was pushed. The run of the newer commit brings its own results; without one, start the workflow on the branch.',
    details: contradictions.slice(0, 10),
  });
}

function outrun(branch: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'github',
    cause: `${branch} moved on ${tries} times while the results were to be pushed`,
    hint: 'Nothing was pushed. Run the job again when the branch is at rest.',
  });
}

function deleted(branch: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'github',
    cause: `${branch} is not there any more`,
    hint: 'Nothing was pushed: the results would bring the branch back.',
  });
}

function refused(branch: string, words: string): ExpectedFailure {
  const details = words.split('\n').slice(-10);
  return isProtected(words)
    ? new ExpectedFailure({
        kind: 'github',
        cause: `${branch} is protected and takes no commit from this workflow`,
        hint: 'Let the workflow bypass the rule, let it open a pull request (on-protected-branch: pull-request), or leave commit off and commit dvc.lock in the pull request (make git-sync).',
        details,
      })
    : new ExpectedFailure({
        kind: 'github',
        cause: `${branch} does not take the commit`,
        hint: 'The job needs the permission contents: write, and checkout must keep its credentials.',
        details,
      });
}
