import { readdirSync, type Stats } from 'node:fs';
import { join, relative } from 'node:path';
import { FolderListings } from '../../dvc/hash/folder-listings.ts';
import { statOf, walkFolder } from '../../dvc/hash/walk-folder.ts';
import { DvcIgnore } from '../../dvc/ignore/dvc-ignore.ts';
import { metricPaths } from '../../dvc/metric-paths.ts';
import type { Out, Pipeline, Stage } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { git } from '../../git/git.ts';
import {
  type CarriedFile,
  largestUncached,
  type StageResults,
  type UncachedOut,
} from '../../github/baton/stage-results.ts';
import { absent, type RevisionFiles } from '../../revision/entry.ts';
import { contains } from '../../system/contains.ts';
import { readWhole } from '../../system/read-whole.ts';
import { byteSize } from '../../terminal/table.ts';
import { NotUnderstood } from '../../text/not-understood.ts';

/** An out that DVC does not cache and that is too much to travel. */
export type LeftOut = NonNullable<StageResults['left']>[number];

/** What a job's results say of the stage's outs that DVC does not cache. */
export type Uncached = Pick<StageResults, 'uncached' | 'left'>;

/**
 * The stage's outs that DVC does not cache: those that travel to other jobs, and those for which
 * `room`, in bytes, is not enough.
 */
export async function packUncached(
  root: string,
  stage: Stage,
  room = largestUncached,
): Promise<Uncached> {
  const uncached: UncachedOut[] = [];
  const left: LeftOut[] = [];
  const outs = stage.outs.filter(({ cache }) => !cache);
  for (const { path } of outs.toSorted((left, right) => turnOf(left) - turnOf(right))) {
    const stats = statOf(join(root, path));
    if (!stats?.isFile() && !stats?.isDirectory()) continue;
    const files = stats.isDirectory() ? filesIn(root, path) : [[path, stats] as const];
    const bytes = files.reduce((sum, [, { size }]) => sum + size, 0);
    if (bytes <= room) {
      room -= bytes;
      uncached.push(packOut(root, path, stats, files));
    } else if (!(await isInCheckout(root, path))) left.push({ path, bytes });
  }
  const order = outs.map(({ path }) => path);
  const asDeclared = (one: { readonly path: string }, other: { readonly path: string }) =>
    order.indexOf(one.path) - order.indexOf(other.path);
  uncached.sort(asDeclared);
  return { uncached, ...(left.length > 0 && { left: left.sort(asDeclared) }) };
}

/** What the report reads has the room before the rest: metrics, then plots. */
function turnOf(out: Out): number {
  if (metricPaths(out).length > 0) return 0;
  return out.kind === 'plot' ? 1 : 2;
}

/** Outs that did not travel are not what the checkout has in their places, which the commit has. */
export function leftReader(left: readonly LeftOut[]): RevisionFiles {
  return {
    async at(path) {
      const out = left.find((one) => contains(one.path, path));
      if (!out) return absent;
      const reason = `${out.path} (${byteSize(out.bytes)}) was too large to travel from its job, and ${limit}`;
      return { kind: 'unreadable', reason };
    },
    list: async () => [],
  };
}

type FoundFile = readonly [path: string, stats: Stats];

function packOut(
  root: string,
  path: string,
  stats: Stats,
  files: readonly FoundFile[],
): UncachedOut {
  if (stats.isFile()) return { path, file: packFile(join(root, path), stats) };
  const below = files.map(
    ([file, fileStats]) => [relative(path, file), packFile(join(root, file), fileStats)] as const,
  );
  return { path, folder: Object.fromEntries(below) };
}

function packFile(path: string, { mode }: Stats): CarriedFile {
  const bytes = readWhole(path);
  const executable = (mode & 0o100) !== 0 && { executable: true as const };
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  // JSON makes six characters of a control character.
  return isText && JSON.stringify(text).length <= (bytes.length * 4) / 3 + 4
    ? { text, ...executable }
    : { base64: bytes.toString('base64'), ...executable };
}

/** The files that count for a folder, as DVC sees them; links to files are the files. */
function filesIn(root: string, folder: string): FoundFile[] {
  const found = (path: string): FoundFile[] => {
    const stats = statOf(join(root, path));
    return stats?.isFile() ? [[path, stats]] : [];
  };
  try {
    return walkFolder(root, folder, new DvcIgnore(root), new FolderListings()).flatMap((walked) =>
      walked.names.flatMap((name) => found(join(walked.folder, name))),
    );
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    return names.flatMap((name) => found(join(folder, name)));
  }
}

/** The bytes of a file that another job sent. */
export function unpackFile(file: CarriedFile): Buffer {
  return 'text' in file ? Buffer.from(file.text) : Buffer.from(file.base64, 'base64');
}

/** Whether every job has it anyway: as it is here, it is in the commit. */
async function isInCheckout(root: string, path: string): Promise<boolean> {
  const [tracked, differing] = await Promise.all([
    git(root, '--literal-pathspecs', 'ls-files', '--', path),
    git(
      ...([root, '--literal-pathspecs', 'status', '--porcelain'] as const),
      ...['--untracked-files=all', '--ignored', '--', path],
    ),
  ]);
  return Boolean(tracked) && differing === '';
}

/** What a reader of the log has to know of an out that was left. */
export function leftWarning({ path, bytes }: LeftOut): string {
  return `${path} (${byteSize(bytes)}) has cache: false, and ${limit}: no other job gets it, and it is not committed. ${remedy}`;
}

const limit = `uncached outs of a stage travel up to ${largestUncached / 1e6} MB together`;
const remedy = 'Let DVC cache it (cache: true): then it travels through the remote.';

/** The failure of a stage that left what another stage reads; undefined if nobody reads it. */
export function leftButNeeded(
  pipeline: Pipeline,
  stage: Stage,
  left: readonly LeftOut[] = [],
): ExpectedFailure | undefined {
  for (const { path, bytes } of left) {
    const reader = pipeline.stages.find(
      ({ address, deps, params }) =>
        address !== stage.address &&
        [...deps, ...params.map((one) => one.path)].some(
          (dep) => contains(path, dep) || contains(dep, path),
        ),
    );
    if (!reader) continue;
    return new ExpectedFailure({
      kind: 'configuration',
      cause: `stage ${reader.address} reads ${path} (${byteSize(bytes)}), which has cache: false, and ${limit}: its job would not get it`,
      hint: remedy,
      place: { file: stage.file, line: stage.line },
    });
  }
  return undefined;
}
