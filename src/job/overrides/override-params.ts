import { isDeepStrictEqual } from 'node:util';
import { choosePlacement } from '../../container/files/choose.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { Overridden, StageResults } from '../../github/baton/stage-results.ts';
import type { Project } from '../../project/project.ts';
import { readEnvironment } from '../../project/settings.ts';
import { announce } from '../../run/lock/presence.ts';
import { baseImage, runnerImage } from '../../run/prepare/prepare.ts';
import { insideRunner, type RunnerContainer } from '../../run/runner/runner.ts';
import { untilInterrupted } from '../../system/interruption.ts';
import { jobEngine } from '../engine.ts';
import { applyOverrides, writeOverridden } from './apply.ts';
import { overriddenFiles } from './overridden-file.ts';

export interface OverridingJob {
  readonly project: Project;
  readonly run: string;
  readonly env: NodeJS.ProcessEnv;
  readonly verbose: boolean;
}

/**
 * Overrides params in this job's workspace: all, or none. A job before this one that had the same
 * overrides has done it already, and its files are taken; otherwise DVC does it, in its container.
 * Undefined where there is nothing to override. Throws 'usage' for an override that is refused.
 */
export async function overrideParams(
  job: OverridingJob,
  overrides: readonly string[],
  before: readonly StageResults[],
): Promise<Overridden | undefined> {
  if (overrides.length === 0) return undefined;
  const { root } = job.project;
  // Before DVC is asked: it would make a file that is not there.
  overriddenFiles(root, overrides);
  const known = before
    .flatMap(({ overridden }) => overridden ?? [])
    .find((one) => isDeepStrictEqual(one.overrides, overrides));
  const files = known?.files ?? (await askDvcHere(job, overrides));
  await writeWhole(root, { overrides: [...overrides], files: [...files] });
  return { overrides: [...overrides], files: [...files] };
}

/**
 * Gives the workspace the params files that the stage jobs had. False where they had none but the
 * commit's. Throws 'usage' if they had different ones, for then no one pipeline ran.
 */
export async function takeOverridden(
  root: string,
  found: readonly StageResults[],
): Promise<boolean> {
  const [first, ...others] = found.flatMap(({ stage, overridden }) =>
    overridden ? [{ stage, overridden }] : [],
  );
  if (!first) return false;
  const other = others.find(({ overridden }) => !isDeepStrictEqual(overridden, first.overridden));
  if (other) throw different(first.stage, other.stage);
  // A job that failed may not have come so far.
  const without = found.find(({ outcome, overridden }) => outcome !== 'failed' && !overridden);
  if (without) throw different(first.stage, without.stage);
  await writeWhole(root, first.overridden);
  return true;
}

/** Writes the files that the overrides are for, if they are all there and no other is. */
async function writeWhole(root: string, { overrides, files }: Overridden): Promise<void> {
  const paths = overriddenFiles(root, overrides);
  const isWhole = paths.every((path) => files.some((file) => file.path === path));
  if (!isWhole || files.length !== paths.length) throw otherFiles(paths);
  await writeOverridden(root, files);
}

async function askDvcHere(job: OverridingJob, overrides: readonly string[]) {
  const { project, run } = job;
  const env = readEnvironment(project.root, job.env, () => undefined);
  const signal = untilInterrupted();
  const presence = await announce(project, run, 'dvc', { writes: false });
  try {
    const where = insideRunner(env) ? undefined : await runnerFor({ ...job, env }, signal);
    return await applyOverrides(where, { project, run, signal }, overrides);
  } finally {
    presence.withdraw();
  }
}

async function runnerFor(
  { project, env, verbose }: OverridingJob,
  signal: AbortSignal,
): Promise<RunnerContainer> {
  const engine = await jobEngine(env);
  const report = (line: string) => console.log(line);
  const images = { engine, project, env, verbose, signal, report };
  const image = (await runnerImage(images, await baseImage(images))).id;
  const placement = await choosePlacement(engine, project, env, async () => image);
  return { engine, image, placement, hostNetwork: false };
}

function otherFiles(paths: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `another job overrode other params files than ${paths.join(', ')}`,
    hint: 'Run all jobs of a workflow on the same commit.',
  });
}

function different(one: string, other: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause: `the jobs of ${one} and ${other} ran with different overrides of params`,
    hint: 'Give every run-stage step of the workflow the same params.',
  });
}
