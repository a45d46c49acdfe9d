import { dirname } from 'node:path';
import { contains } from '../system/contains.ts';
import { joinPath } from './paths.ts';
import type { Out, Stage, TopLevel } from './pipeline.ts';

/**
 * The metrics files that an out is or holds, relative to the project root: one of a stage's
 * `metrics:`, and what the section `metrics:` beside the stages lists of any other out.
 */
export function metricPaths({ kind, path, listedMetrics = [] }: Out): readonly string[] {
  return kind === 'metric' ? [path] : listedMetrics;
}

/** All metrics files of a stage. */
export function stageMetrics({ outs }: Pick<Stage, 'outs'>): string[] {
  return outs.flatMap((out) => [...metricPaths(out)]);
}

/** The stages with what the sections `metrics:` list of their outs. */
export function withListedMetrics(
  stages: readonly Stage[],
  topLevel: readonly TopLevel[],
): Stage[] {
  const listed = topLevelMetrics(topLevel);
  if (listed.length === 0) return [...stages];
  return stages.map((stage) => ({
    ...stage,
    outs: stage.outs.map((out) => {
      const own = out.kind === 'out' ? listed.filter((path) => contains(out.path, path)) : [];
      return own.length > 0 ? { ...out, listedMetrics: own } : out;
    }),
  }));
}

/** What the sections `metrics:` beside the stages list, relative to the project root. */
export function topLevelMetrics(topLevel: readonly TopLevel[]): string[] {
  return topLevel.flatMap(({ file, metrics }) =>
    metrics.map((path) => joinPath(dirname(file), path)),
  );
}
