import { type Entry, textOf } from '../../revision/entry.ts';
import type { Report } from '../report.ts';
import { readTextFile, type TextFile } from './assemble.ts';

/** Where earlier versions of a file come from, newest first. */
export interface History {
  history(
    path: string,
    count: number,
  ): Promise<readonly { readonly commit: string; readonly entry: Entry }[]>;
}

/** Values of a metric that a sparkline has room for, and files that are looked up. */
const longest = 10;
const mostFiles = 3;
const mostMetrics = 500;

/** The last values of each number on the base branch, oldest first. One value is no trend. */
export async function readTrends(
  base: History,
  metrics: readonly TextFile[],
): Promise<Report['trends']> {
  const files = metrics.slice(0, mostFiles).map(async ({ path }) => {
    const versions = [...(await base.history(path, longest))].reverse();
    const trends = new Map<string, { commit: string; value: number }[]>();
    for (const { commit, entry } of versions) {
      const found = textOf(entry);
      if (found === undefined) continue;
      const { reading } = readTextFile({ path, text: '', ...found });
      if (!('values' in reading)) continue;
      for (const [key, value] of reading.values) {
        if (value.type !== 'number') continue;
        const values = trends.get(key) ?? [];
        values.push({ commit, value: value.value });
        trends.set(key, values);
      }
    }
    return [...trends].flatMap(([key, values]) =>
      values.length > 1 ? [{ file: path, key, values }] : [],
    );
  });
  return (await Promise.all(files)).flat().slice(0, mostMetrics);
}
