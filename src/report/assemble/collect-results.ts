import { isElsewhere, problemOf, type RevisionFiles, textOf } from '../../revision/entry.ts';
import type { PlotFile } from '../plots/read.ts';
import { readPlotSpecs } from '../plots/spec.ts';
import { readLockFacts } from '../read/lock-facts.ts';
import type { ResultFiles } from '../read/result-files.ts';
import { firstOf, type ObjectReader, objectReader } from '../read/revision-reader.ts';
import type { DataSide } from '../report.ts';
import type { RevisionResults, TextFile } from './assemble.ts';
import type { AbsentFile } from './same-content.ts';

/** The results of a revision, and the plot files that belong to them. */
export interface CollectedResults extends RevisionResults {
  readonly params: readonly TextFile[];
  readonly plots: readonly PlotFile[];
  /** Metrics and plot files that dvc.lock has, and whose content is not here. */
  readonly absent: readonly AbsentFile[];
  readonly absentPlots: readonly AbsentFile[];
}

export interface CollectOptions {
  readonly folderOf: (lock: string, stage: string) => string;
  /** Folders laid out as DVC's cache, where outs are looked for that the revision itself lacks. */
  readonly objects: readonly string[];
}

/** Reads what a report says of one revision: nothing but the files that it needs. */
export async function collectResults(
  files: ResultFiles,
  revision: RevisionFiles,
  { folderOf, objects: objectFolders }: CollectOptions,
): Promise<CollectedResults> {
  const locks = await texts(revision, files.locks);
  const outs = new Map<string, DataSide>();
  let unread: string | undefined;
  for (const { path, text, problem } of locks) {
    const read = problem ? undefined : readLockFacts(text, (stage) => folderOf(path, stage));
    if (read && 'facts' in read) for (const [out, side] of read.facts.outs) outs.set(out, side);
    else unread = `${path}, which may have it, cannot be read`;
  }
  const objects = objectReader(outs, objectFolders);
  const everywhere = firstOf(revision, objects);
  const [metrics, params, plots] = await Promise.all([
    filesIn(everywhere, objects, files.metrics).then((paths) => texts(everywhere, paths)),
    texts(revision, files.params),
    plotFiles(files, everywhere),
  ]);
  /** Those of which dvc.lock says something, and whose content is not here. */
  const absentOf = async (paths: readonly string[], read: readonly ReadPlace[]) => {
    const isHeld = (path: string) =>
      read.some((one) => !one.elsewhere && (one.path === path || one.path.startsWith(`${path}/`)));
    const inside = read.filter(({ elsewhere }) => elsewhere).map(({ path }) => path);
    const wanted = [...new Set([...paths, ...inside])].filter((path) => !isHeld(path));
    const found = wanted.map(async (path): Promise<AbsentFile[]> => {
      const facts = await objects.recorded(path);
      const why = read.find((one) => one.path === path)?.problem;
      return facts ? [{ path, ...facts, ...(why !== undefined && { why }) }] : [];
    });
    return (await Promise.all(found)).flat();
  };
  const absent = await absentOf(files.metrics, metrics);
  const absentPlots = await absentOf(plotPaths(files), plots);
  const known = new Set([...metrics, ...absent].map(({ path }) => path));
  const doubtful = unread === undefined ? [] : files.metrics.filter((path) => !known.has(path));
  return {
    ...{ locks, params, absentPlots },
    metrics: without(absent, metrics),
    plots: without(absentPlots, plots),
    absent: [...absent, ...doubtful.map((path) => ({ path, ...(unread && { why: unread }) }))],
  };
}

interface ReadPlace {
  readonly path: string;
  readonly problem?: string;
  readonly elsewhere?: true;
}

function without<Place extends ReadPlace>(absent: readonly AbsentFile[], read: readonly Place[]) {
  const paths = new Set(absent.map(({ path }) => path));
  return read.filter(({ path }) => !paths.has(path));
}

/** The files, or folders of files, that the pipeline's plots are made of. */
function plotPaths({ plots }: ResultFiles): string[] {
  const sources = readPlotSpecs(plots, []).flatMap((spec) => spec.sources);
  return [...new Set(sources.flatMap(({ xFile, yFile }) => [xFile, yFile]))];
}

async function texts(reader: RevisionFiles, paths: readonly string[]): Promise<TextFile[]> {
  const read = await Promise.all(paths.map(async (path) => textOf(await reader.at(path))));
  return paths.flatMap((path, index) => {
    const found = read[index];
    return found === undefined ? [] : [{ path, text: '', ...found }];
  });
}

/**
 * The paths, for a folder those of the files in it: DVC reads each (dvc/repo/metrics/show.py). A folder
 * where dvc.lock has a file is none of these.
 */
async function filesIn(
  reader: RevisionFiles,
  objects: ObjectReader,
  paths: readonly string[],
): Promise<string[]> {
  const all = paths.map(async (path) => {
    const { kind } = await reader.at(path);
    if (kind !== 'folder') return [path];
    const content = (await objects.recorded(path))?.content;
    if (content !== undefined && !content.endsWith('.dir')) return [path];
    return (await reader.list(path)).toSorted();
  });
  return [...new Set((await Promise.all(all)).flat())];
}

async function plotFiles(files: ResultFiles, reader: RevisionFiles): Promise<PlotFile[]> {
  const plots = new Map<string, PlotFile>();
  const add = async (path: string, isInside = false): Promise<void> => {
    const entry = await reader.at(path);
    if (entry.kind === 'folder' && !isInside) {
      await Promise.all((await reader.list(path)).map((inside) => add(inside, true)));
    } else if (entry.kind === 'file') {
      plots.set(path, { path, content: entry.content });
    } else {
      const problem = problemOf(entry);
      const place = { path, content: new Uint8Array(), ...(isElsewhere(entry) && elsewhere) };
      if (problem !== undefined) plots.set(path, { ...place, problem });
    }
  };
  await Promise.all(plotPaths(files).map((path) => add(path)));
  // As they were asked for, not as they came.
  return [...plots.values()];
}

const elsewhere = { elsewhere: true } as const;
