import pLimit from 'p-limit';
import { NotReadWhole } from '../system/read-whole.ts';
import type { RevisionResults, TextFile } from './assemble-report.ts';
import { readLockFacts } from './lock-facts.ts';
import { readPlotSpecs } from './plots/plot-spec.ts';
import type { PlotFile } from './plots/read-plots.ts';
import type { DataSide } from './report.ts';
import type { ResultFiles } from './result-files.ts';
import { firstOf, objectReader, type RevisionReader } from './revision-reader.ts';
import type { AbsentFile } from './same-content.ts';

/** The results of a revision, and the plot files that belong to them. */
export interface CollectedResults extends RevisionResults {
  readonly params: readonly TextFile[];
  readonly plots: readonly PlotFile[];
  /** Metrics and plot files that dvc.lock has, and whose content is not here. */
  readonly absent: readonly AbsentFile[];
  readonly absentPlots: readonly AbsentFile[];
  /** What is there and cannot be read as a file, one sentence each. */
  readonly unread: readonly string[];
}

export interface CollectOptions {
  readonly folderOf: (lock: string, stage: string) => string;
  /** Folders laid out as DVC's cache, where outs are looked for that the revision itself lacks. */
  readonly objects: readonly string[];
}

/** A byte order mark belongs to what has a hash; the parsers pass over it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads what a report says of one revision: nothing but the files that it needs. */
export async function collectResults(
  files: ResultFiles,
  revision: RevisionReader,
  { folderOf, objects: objectFolders }: CollectOptions,
): Promise<CollectedResults> {
  const limit = pLimit(8);
  const unread: string[] = [];
  /** What cannot be read is told, and then as if it were not there. */
  const given = async (reader: RevisionReader, path: string) => {
    try {
      return await reader.read(path);
    } catch (error) {
      if (!(error instanceof NotReadWhole)) throw error;
      unread.push(`${path} ${error.what}`);
      return undefined;
    }
  };
  const texts = async (reader: RevisionReader, paths: readonly string[]): Promise<TextFile[]> => {
    const contents = await Promise.all(paths.map((path) => limit(() => given(reader, path))));
    return paths.flatMap((path, index) => {
      const content = contents[index];
      return content === undefined ? [] : [{ path, text: decoder.decode(content) }];
    });
  };
  const locks = await texts(revision, files.locks);
  const outs = new Map<string, DataSide>();
  let unreadLock: string | undefined;
  for (const { path, text } of locks) {
    const read = readLockFacts(text, (stage) => folderOf(path, stage));
    if ('facts' in read) for (const [out, side] of read.facts.outs) outs.set(out, side);
    else unreadLock = `${path}, which may have it, cannot be read`;
  }
  const objects = objectReader(outs, objectFolders);
  const everywhere = firstOf(revision, objects);
  const [metrics, params, plots] = await Promise.all([
    texts(everywhere, files.metrics),
    texts(revision, files.params),
    plotFiles(files, { ...everywhere, read: (path) => given(everywhere, path) }),
  ]);
  const absentOf = async (paths: readonly string[], held: readonly { path: string }[]) => {
    const isHeld = (path: string) =>
      held.some((one) => one.path === path || one.path.startsWith(`${path}/`));
    const recorded = await Promise.all(
      paths
        .filter((path) => !isHeld(path))
        .map(async (path) => ({
          path,
          facts: await objects.recorded(path),
        })),
    );
    return recorded.flatMap(({ path, facts }) => (facts ? [{ path, ...facts }] : []));
  };
  const absent = await absentOf(files.metrics, metrics);
  const known = new Set([...metrics, ...absent].map(({ path }) => path));
  const doubtful = unreadLock === undefined ? [] : files.metrics.filter((path) => !known.has(path));
  return {
    ...{ locks, metrics, params, plots },
    absent: [
      ...absent,
      ...doubtful.map((path) => ({ path, ...(unreadLock && { why: unreadLock }) })),
    ],
    absentPlots: await absentOf(plotPaths(files), plots),
    unread: [...new Set(unread)],
  };
}

/** The files, or folders of files, that the pipeline's plots are made of. */
function plotPaths({ plots }: ResultFiles): string[] {
  const sources = readPlotSpecs(plots, []).flatMap((spec) => spec.sources);
  return [...new Set(sources.flatMap(({ xFile, yFile }) => [xFile, yFile]))];
}

async function plotFiles(files: ResultFiles, reader: RevisionReader): Promise<PlotFile[]> {
  const plots = new Map<string, Uint8Array>();
  const limit = pLimit(8);
  const add = async (path: string) => {
    const content = await reader.read(path);
    if (content) plots.set(path, content);
    return content !== undefined;
  };
  const read = async (path: string) => {
    if (await add(path)) return;
    for (const inside of await reader.list(path)) await add(inside);
  };
  await Promise.all(plotPaths(files).map((path) => limit(() => read(path))));
  return [...plots].map(([path, content]) => ({ path, content }));
}
