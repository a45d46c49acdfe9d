import { problemOf, type RevisionFiles, textOf } from '../revision/entry.ts';
import type { RevisionResults, TextFile } from './assemble-report.ts';
import { readLockFacts } from './lock-facts.ts';
import { readPlotSpecs } from './plots/plot-spec.ts';
import type { PlotFile } from './plots/read-plots.ts';
import type { DataSide } from './report.ts';
import type { ResultFiles } from './result-files.ts';
import { firstOf, objectReader } from './revision-reader.ts';

/** The results of a revision, and the plot files that belong to them. */
export interface CollectedResults extends RevisionResults {
  readonly params: readonly TextFile[];
  readonly plots: readonly PlotFile[];
  /** Metrics files that dvc.lock has, and whose content is not here. */
  readonly absent: readonly string[];
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
  { folderOf, objects }: CollectOptions,
): Promise<CollectedResults> {
  const locks = await texts(revision, files.locks);
  const outs = new Map<string, DataSide>();
  for (const { path, text } of locks) {
    const read = readLockFacts(text, (stage) => folderOf(path, stage));
    if ('facts' in read) for (const [out, side] of read.facts.outs) outs.set(out, side);
  }
  const everywhere = firstOf(revision, objectReader(outs, objects));
  const [metrics, params, plots] = await Promise.all([
    filesIn(everywhere, files.metrics).then((paths) => texts(everywhere, paths)),
    texts(revision, files.params),
    plotFiles(files, everywhere),
  ]);
  const read = new Set(metrics.map(({ path }) => path));
  const hasRead = (path: string) =>
    read.has(path) || [...read].some((one) => one.startsWith(`${path}/`));
  const absent = files.metrics.filter((path) => outs.has(path) && !hasRead(path));
  return { locks, metrics, params, plots, absent };
}

async function texts(reader: RevisionFiles, paths: readonly string[]): Promise<TextFile[]> {
  const read = await Promise.all(paths.map(async (path) => textOf(await reader.at(path))));
  return paths.flatMap((path, index) => {
    const found = read[index];
    return found === undefined ? [] : [{ path, text: '', ...found }];
  });
}

/** The paths, for a folder those of the files in it: DVC reads each (dvc/repo/metrics/show.py). */
async function filesIn(reader: RevisionFiles, paths: readonly string[]): Promise<string[]> {
  const all = paths.map(async (path) => {
    const { kind } = await reader.at(path);
    return kind === 'folder' ? (await reader.list(path)).toSorted() : [path];
  });
  return [...new Set((await Promise.all(all)).flat())];
}

async function plotFiles(files: ResultFiles, reader: RevisionFiles): Promise<PlotFile[]> {
  const named = readPlotSpecs(files.plots, []).flatMap(({ sources }) =>
    sources.flatMap(({ xFile, yFile }) => [xFile, yFile]),
  );
  const plots = new Map<string, PlotFile>();
  const add = async (path: string, isInside = false): Promise<void> => {
    const entry = await reader.at(path);
    if (entry.kind === 'folder' && !isInside) {
      await Promise.all((await reader.list(path)).map((inside) => add(inside, true)));
    } else if (entry.kind === 'file') {
      plots.set(path, { path, content: entry.content });
    } else {
      const problem = problemOf(entry);
      if (problem !== undefined) plots.set(path, { path, content: new Uint8Array(), problem });
    }
  };
  await Promise.all([...new Set(named)].map((path) => add(path)));
  // As they were asked for, not as they came.
  return [...plots.values()];
}
