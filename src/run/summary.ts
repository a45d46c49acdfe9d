import { join } from 'node:path';
import { stageMetrics, topLevelMetrics } from '../dvc/metric-paths.ts';
import type { TopLevel } from '../dvc/pipeline.ts';
import { metricName } from '../metrics/name.ts';
import { numberText } from '../metrics/number-text.ts';
import { formatOf, readMetrics } from '../metrics/read.ts';
import type { ConfiguredStage } from '../stage/options/options.ts';
import { readWholeIfAble } from '../system/read-whole.ts';
import type { Style } from '../terminal/style.ts';
import { duration, table } from '../terminal/table.ts';
import type { StageProgress } from './progress/progress.ts';
import { stateMark, stateText } from './progress/view.ts';
import type { RunResult } from './run.ts';

/** Where metrics are looked for. */
export interface MetricsPlace {
  /** The project's folder. */
  readonly root: string;
  readonly topLevel: readonly TopLevel[];
}

/** The table at the end of a run, and where to look next. */
export function runSummary(
  result: RunResult,
  stages: readonly ConfiguredStage[],
  place: MetricsPlace,
  style: Style,
): string {
  const rows = result.stages.map((progress) => [
    stateMark(progress.state, style),
    style.named(progress.stage, progress.stage),
    stateText(progress, style),
    progress.seconds === undefined ? '' : duration(progress.seconds),
    style.dim(progress.image ?? ''),
  ]);
  const lines = [table([['', 'stage', 'outcome', 'time', 'image'].map(style.bold), ...rows])];
  const ran = result.stages.filter((progress) => progress.state === 'ran').length;
  if (!result.failure) lines.push('', verdict(result.stages, ran, result.seconds));
  // After a failure they would be those of an earlier run.
  const metrics = result.failure ? [] : mainMetrics(stages, place);
  for (const { file, values } of metrics) {
    lines.push(`  metrics  ${file}: ${values}`);
  }
  if (result.trackingUri) lines.push(`  MLflow   ${result.trackingUri}`);
  return lines.join('\n');
}

function verdict(stages: readonly StageProgress[], ran: number, seconds: number): string {
  if (ran > 0) return `${ran} of ${stages.length} stages ran, in ${duration(seconds)}.`;
  const cached = stages.filter((progress) => progress.state === 'cached').length;
  if (cached > 0) return `No stage ran: ${cached} came from the cache (${duration(seconds)}).`;
  return `Nothing changed: commands, deps, params and outs of all stages are as dvc.lock says (${duration(seconds)}).`;
}

const shownMetrics = 4;

/** The first numbers of each metrics file, those with a gate before the others. */
function mainMetrics(
  stages: readonly ConfiguredStage[],
  { root, topLevel }: MetricsPlace,
): { file: string; values: string }[] {
  const gates = new Map<string, readonly string[]>(
    topLevelMetrics(topLevel).map((path) => [path, []]),
  );
  for (const { stage, options } of stages) {
    const gated = Object.keys(options.metrics as object);
    for (const path of stageMetrics(stage)) gates.set(path, gated);
  }
  return [...gates].flatMap(([file, gated]) => {
    const numbers = numbersOf(root, file);
    const first = numbers.filter(([key]) => gated.includes(metricName(file, key)));
    const rest = numbers.filter(([key]) => !gated.includes(metricName(file, key)));
    const values = [...first, ...rest]
      .slice(0, shownMetrics)
      .map(([key, value]) => `${key} ${numberText(value)}`.trimStart());
    return values.length > 0 ? [{ file, values: values.join(', ') }] : [];
  });
}

/** None of a file that is absent, or that cannot be summed up in a line. */
function numbersOf(root: string, file: string): [string, number][] {
  const text = readWholeIfAble(join(root, file))?.toString('utf8');
  if (text === undefined) return [];
  const reading = readMetrics(text, formatOf(file));
  if (!('values' in reading)) return [];
  return [...reading.values].flatMap(([key, value]): [string, number][] =>
    value.type === 'number' ? [[key, value.value]] : [],
  );
}
