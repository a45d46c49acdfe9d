import { createHash } from 'node:crypto';
import type { PlotFile } from '../plots/read.ts';

/** A file that a revision has by its dvc.lock, and whose content is not here. */
export interface AbsentFile {
  readonly path: string;
  /**
   * What dvc.lock says of its content: two files of the same are alike. An MD5, or, of a file in a
   * folder that cannot be looked into, the folder's with the path in it. Undefined: it says nothing.
   */
  readonly content?: string;
  /** Why it is not here, where that is not the usual reason. */
  readonly why?: string;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

interface Held {
  readonly metrics: readonly {
    readonly path: string;
    readonly text: string;
    readonly problem?: string;
  }[];
  readonly plots: readonly PlotFile[];
  readonly absent: readonly AbsentFile[];
  readonly absentPlots: readonly AbsentFile[];
}

/**
 * Gives a revision what is here of its absent files under the name of another: content that has the
 * hash is the content, whichever revision it was read from. An edited file has another hash.
 */
export function withContentsOf<Side extends Held>(side: Side, other: Held): Side {
  if (side.absent.length + side.absentPlots.length === 0) return side;
  const encoder = new TextEncoder();
  const contents = [
    ...other.plots.flatMap(({ content, problem }) => (problem === undefined ? [content] : [])),
    ...other.metrics.flatMap(({ text, problem }) =>
      problem === undefined ? [encoder.encode(text)] : [],
    ),
  ];
  const byHash = new Map(
    contents.map((content) => [createHash('md5').update(content).digest('hex'), content]),
  );
  const found = (files: readonly AbsentFile[]) =>
    files.flatMap(({ path, content }) => {
      const known = byHash.get(content ?? '');
      return known === undefined ? [] : [{ path, content: known }];
    });
  const [metrics, plots] = [found(side.absent), found(side.absentPlots)];
  const without = (files: readonly AbsentFile[], here: readonly PlotFile[]) =>
    files.filter(({ path }) => !here.some((one) => one.path === path));
  return {
    ...side,
    metrics: [
      ...side.metrics,
      ...metrics.map(({ path, content }) => ({ path, text: decoder.decode(content) })),
    ],
    plots: [...side.plots, ...plots],
    absent: without(side.absent, metrics),
    absentPlots: without(side.absentPlots, plots),
  };
}

/** The paths of absent files that both revisions have alike. */
export function absentAlike(
  before: readonly AbsentFile[],
  after: readonly AbsentFile[],
): ReadonlySet<string> {
  const old = new Map(before.map(({ path, content }) => [path, content]));
  return new Set(
    after.flatMap(({ path, content }) =>
      content !== undefined && old.get(path) === content ? [path] : [],
    ),
  );
}
