import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectEngine } from '../../container/engine.ts';
import { statOf } from '../../dvc/hash/walk-folder.ts';
import { lockFileOf, readLock } from '../../dvc/lock/lock.ts';
import type { Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { largestShown } from '../../github/baton/stage-results.ts';
import type { Project } from '../../project/project.ts';
import { chooseRemote } from '../../remote/remote.ts';
import { objectReader } from '../../report/read/revision-reader.ts';
import type { DagsHub } from '../../servers/dagshub.ts';
import { untilInterrupted } from '../../system/interruption.ts';
import { cacheFolderOf } from '../cache-folder.ts';
import { pullInJob } from '../transfer.ts';

/** The cached metrics and plots of a stage that a report can show, as far as there is room for them. */
export function shownFiles(root: string, stage: Stage): Record<string, string> {
  const shown: Record<string, string> = {};
  let room = largestShown;
  for (const path of shownPaths(stage)) {
    const stats = statOf(join(root, path));
    if (!stats?.isFile() || stats.size > room) continue;
    shown[path] = readFileSync(join(root, path), 'utf8');
    room -= stats.size;
  }
  return shown;
}

/** Where a job may look for the data of a stage that it does not run. */
export interface ShownFrom {
  readonly project: Project;
  readonly env: NodeJS.ProcessEnv;
  readonly dagsHub: DagsHub | undefined;
  readonly report: (line: string) => void;
}

/** Milliseconds that a job waits for what its report can do without. */
const longestPull = 120_000;

/**
 * As `shownFiles`, of a stage that is unchanged, so that nothing of its data was brought: small ones
 * are taken from the cache, a remote that is a folder, else by DVC from the remote. What cannot be had
 * is left out with a line that says why; the report then says what it could not judge.
 */
export async function fetchShown(from: ShownFrom, stage: Stage): Promise<Record<string, string>> {
  const { project, env, dagsHub, report } = from;
  const { root } = project;
  const hashes = smallOuts(root, stage);
  if (hashes.size === 0) return shownFiles(root, stage);
  const remote = chooseRemote(root, project.id, env, dagsHub);
  const folders = [cacheFolderOf(root), ...(remote.kind === 'folder' ? [remote.folder] : [])];
  const objects = objectReader(
    new Map([...hashes].map(([path, hash]) => [path, { hash }])),
    folders,
  );
  const found: Record<string, string> = {};
  for (const path of hashes.keys()) {
    const entry = await objects.at(path);
    // Whoever may write into the folder may have put other bytes there.
    if (entry.kind !== 'file' || md5Of(entry.content) !== hashes.get(path)) continue;
    found[path] = new TextDecoder('utf-8', { ignoreBOM: true }).decode(entry.content);
  }
  const lacking = [...hashes.keys()].filter((path) => !Object.hasOwn(found, path));
  if (lacking.length > 0 && remote.kind !== 'folder') {
    const interrupted = untilInterrupted();
    try {
      const engine = await connectEngine(env);
      const signal = AbortSignal.any([interrupted, AbortSignal.timeout(longestPull)]);
      await pullInJob({ ...from, engine, remote, signal }, lacking);
    } catch (error) {
      interrupted.throwIfAborted();
      report(`The report has to do without ${lacking.join(', ')}: ${reasonOf(error)}`);
    }
  }
  return { ...found, ...shownFiles(root, stage) };
}

/** Hashes by path of what a report could show, and of what the workspace has nothing. */
function smallOuts(root: string, stage: Stage): ReadonlyMap<string, string> {
  const locked = readLock(root, lockFileOf(stage.file))?.stages.get(stage.name);
  const hashes = new Map<string, string>();
  let room = largestShown;
  for (const path of shownPaths(stage)) {
    const written = stage.written.get(path) ?? path;
    const out = locked?.outs.find((one) => one.path === written);
    const size = out?.size ?? Number.POSITIVE_INFINITY;
    if (out?.hash === undefined || size > room || statOf(join(root, path))) continue;
    hashes.set(path, out.hash);
    room -= size;
  }
  return hashes;
}

function shownPaths(stage: Stage): string[] {
  return stage.outs
    .filter(
      ({ path, cache, kind }) => cache && (kind === 'metric' || (kind === 'plot' && isText(path))),
    )
    .map(({ path }) => path);
}

function isText(path: string): boolean {
  return /\.(?:csv|tsv|json|ya?ml|toml)$/i.test(path);
}

function md5Of(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

/** Whatever it was: a report without a value says so itself. */
function reasonOf(error: unknown): string {
  return error instanceof ExpectedFailure ? error.failure.cause : (error as Error).message;
}
