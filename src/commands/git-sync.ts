import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { lockFileOf } from '../dvc/lock/lock.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { readPipelineWithPython } from '../dvc/read/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { git, gitForPaths, gitOrThrow, ignoredPaths, originOf } from '../git/git.ts';
import { whyRefused } from '../git/trust/call.ts';
import { hostNameOf } from '../network/address.ts';
import { allUnchanged } from '../run/unchanged.ts';
import { dagsHubOf } from '../servers/dagshub.ts';
import { syncMirror } from '../servers/dagshub-api.ts';
import { openProject, openSession, type ProjectSession } from './session/session.ts';

export function addGitSyncCommand(program: Command): void {
  program
    .command('git-sync')
    .summary('commit and push what a run changed: dvc.lock, metrics, DVC’s own files')
    .description(
      'Commits dvc.lock, the metrics and plots that Git keeps, and the files that DVC writes, and pushes the branch. With DagsHub credentials it asks DagsHub to fetch it now. Shows what it commits; touches nothing else.',
    )
    .option('-m, --message <text>', 'the commit message', 'Update dvc.lock and metrics')
    .option('--no-push', 'commit only')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sibling git-sync\n  $ sibling git-sync -m "Deeper trees" --no-push',
    )
    .action(async (options: { message: string; push: boolean }, command: Command) => {
      const session = openProject(openSession(command.optsWithGlobals()));
      const { root } = session.project;
      await requireGit(root);
      const branch = await git(root, 'symbolic-ref', '--short', '-q', 'HEAD');
      if (!branch) {
        throw new ExpectedFailure({
          kind: 'usage',
          cause:
            'Git is on no branch here (detached HEAD), so that a commit would belong to nothing',
          hint: 'Change to a branch (git switch main, or git switch -c new-branch), then sync again.',
        });
      }
      const pipeline = await readPipelineWithPython(root);
      const results = await keptByGit(root, resultPaths(pipeline.stages));
      const inputs = await keptByGit(root, inputPaths(pipeline.stages));
      const hasRun = await allUnchanged(
        session.project,
        pipeline,
        pipeline.stages.map(({ address }) => address),
      );
      if (!hasRun) await tellLeftOut(root, inputs, session.report);
      const paths = hasRun ? [...inputs, ...results] : results;
      if (paths.length > 0) await gitForPaths(committing, root, ['add'], paths);
      // Without paths both would mean all that is staged, which may be somebody's own work.
      const staged = await differing(root, ['--cached', '--stat'], paths);
      if (staged) {
        session.report(`Committing to ${branch}:`);
        process.stderr.write(`${staged}\n`);
        await gitForPaths(committing, root, ['commit', '--quiet', '-m', options.message], paths);
      } else {
        session.report('Nothing to commit: Git has what the last run left');
      }
      if (options.push && (await push(root, branch, session.report))) await tellDagsHub(session);
    });
}

/** Throws 'usage' where Git has no repository to work in, or refuses the one there. */
async function requireGit(root: string): Promise<void> {
  if ((await git(root, 'rev-parse', '--git-dir')) !== undefined) return;
  const refused = whyRefused(root);
  throw new ExpectedFailure({
    kind: 'usage',
    cause:
      refused?.cause ?? `${root} is in no Git repository, so that there is nothing to commit to`,
    hint: refused?.hint ?? 'Start one: git init; git add --all; git commit.',
  });
}

const committing = { purpose: 'committing what the run changed' };

/** What a run writes, as far as it is Git that keeps it. */
function resultPaths(stages: readonly Stage[]): string[] {
  const outs = stages.flatMap((stage) => stage.outs);
  const folders = outs.map((out) => dirname(out.path));
  return [
    ...stages.map((stage) => lockFileOf(stage.file)),
    ...outs.filter((out) => !out.cache).map((out) => out.path),
    ...folders.map((folder) => join(folder, '.gitignore')),
    '.dvc/.gitignore',
  ];
}

/** What dvc.lock speaks of: without them a commit of it would look as if it had to run again. */
function inputPaths(stages: readonly Stage[]): string[] {
  return stages.flatMap((stage) => [stage.file, ...stage.params.map((params) => params.path)]);
}

/** Those that exist and are not ignored: `.env` and cached outs never are among them. */
async function keptByGit(root: string, paths: readonly string[]): Promise<string[]> {
  const existing = [...new Set(paths)].filter((path) => existsSync(join(root, path)));
  const ignored = await ignoredPaths(root, existing);
  return existing.filter((path) => !ignored.has(path));
}

/** What Git says of differences in these paths: a part at a time, for it takes them as arguments. */
async function differing(
  root: string,
  options: readonly string[],
  paths: readonly string[],
): Promise<string> {
  const answers: string[] = [];
  for (let at = 0; at < paths.length; at += 200) {
    const some = paths.slice(at, at + 200);
    answers.push((await git(root, 'diff', ...options, '--', ...some)) ?? '');
  }
  return answers.filter((answer) => answer !== '').join('\n');
}

/** A draft that no run has seen is nobody's result: its author commits it. */
async function tellLeftOut(
  root: string,
  inputs: readonly string[],
  report: (line: string) => void,
): Promise<void> {
  const changed = await differing(root, ['--name-only', 'HEAD'], inputs);
  if (!changed) return;
  const names = changed.split('\n').join(', ');
  report(
    `Left out: ${names}, for not every stage has run with what is there now (sibling status says which)`,
  );
}

/** False where there is nothing to push to. */
async function push(
  root: string,
  branch: string,
  report: (line: string) => void,
): Promise<boolean> {
  if (!(await git(root, 'remote'))) {
    report('Not pushed: this repository has no remote');
    return false;
  }
  try {
    await gitOrThrow(root, 'push', '--quiet', '--set-upstream', 'origin', branch);
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    throw new ExpectedFailure({
      ...error.failure,
      cause: `${branch} cannot be pushed to origin; the commit is made and stays`,
      hint: `If origin has moved on: git pull --rebase --autostash origin ${branch}, then sibling git-sync again.`,
    });
  }
  report(`Pushed ${branch} to origin`);
  return true;
}

/**
 * DagsHub mirrors a repository elsewhere; what is pushed to DagsHub itself is there. No trouble with
 * it is one of the push, which is done.
 */
async function tellDagsHub({ project, env, report }: ProjectSession): Promise<void> {
  try {
    const origin = await originOf(project.root);
    const dagsHub = dagsHubOf(env, origin);
    if (!dagsHub || gitHost(origin) === hostNameOf(dagsHub.host)) return;
    const { isAsked, text } = await syncMirror(dagsHub);
    report(isAsked ? text : `warning: ${text}`);
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    report(`warning: DagsHub is not asked to sync: ${error.failure.cause}`);
  }
}

/** Also of `git@host:owner/name.git`. */
function gitHost(origin: string | undefined): string | undefined {
  return hostNameOf(origin) ?? /^[^/]*@([^:/]+):/.exec(origin ?? '')?.[1];
}
