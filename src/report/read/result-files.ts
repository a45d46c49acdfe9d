import { dirname } from 'node:path';
import { lockFileOf } from '../../dvc/lock/lock.ts';
import { stageMetrics, topLevelMetrics } from '../../dvc/metric-paths.ts';
import type { Pipeline } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import { type MetricGate, readGates } from '../../metrics/gates.ts';
import type { ConfiguredStage } from '../../stage/options/options.ts';
import type { PlotEntry } from '../plots/spec.ts';

/** The files of a pipeline that a report reads, relative to the project root. */
export interface ResultFiles {
  readonly locks: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly plots: readonly PlotEntry[];
}

export function resultFiles({ stages, topLevel }: Pipeline): ResultFiles {
  const plotOuts = stages.flatMap(({ outs }) => outs.filter(({ kind }) => kind === 'plot'));
  return {
    locks: unique(stages.map((stage) => lockFileOf(stage.file))),
    metrics: unique([...stages.flatMap(stageMetrics), ...topLevelMetrics(topLevel)]),
    params: unique(stages.flatMap((stage) => stage.params.map(({ path }) => path))),
    plots: [
      ...topLevel.flatMap(({ file, plots }) =>
        plots.map((entry) => ({ folder: dirname(file), entry })),
      ),
      ...plotOuts.map(({ path, plotOptions = {} }) => ({
        folder: '.',
        entry: { [path]: plotOptions },
      })),
    ],
  };
}

/**
 * All files and folders that the pipeline is, reads or makes, relative to the project root: results
 * are those of a commit where it has these.
 */
export function filesOfPipeline(pipeline: Pipeline): readonly string[] {
  const { stages, sources, topLevel } = pipeline;
  const { locks, metrics, params } = resultFiles(pipeline);
  const made = [...stages, ...sources];
  return unique([
    ...[...made, ...topLevel].map(({ file }) => file),
    ...[...locks, ...metrics, ...params],
    ...made.flatMap(({ deps, outs }) => [...deps, ...outs.map(({ path }) => path)]),
  ]);
}

/** A stage's working directory by its lock file and its name, for `assembleReport`. */
export function folderOfStage({ stages }: Pipeline): (lock: string, stage: string) => string {
  const folders = new Map(
    stages.map((stage) => [`${lockFileOf(stage.file)}:${stage.name}`, stage.wdir]),
  );
  return (lock, name) => folders.get(`${lock}:${name}`) ?? dirname(lock);
}

/** The gates that a stage declares, for its own metrics. Throws 'configuration' for a wrong one. */
export function stageGates({ stage, options }: ConfiguredStage): readonly MetricGate[] {
  const { gates, problems } = readGates(options.metrics, stageMetrics(stage));
  const [problem] = problems;
  if (!problem) return gates;
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name}: meta.sibling.metrics.${problem.path.join('.')}: ${problem.cause}`,
    hint: problem.hint,
    place: { file: stage.file, line: stage.line },
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
