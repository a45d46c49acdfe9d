import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RunResult } from '../run.ts';
import type { StageProgress } from '../run-progress.ts';
import type { ConfiguredStage } from '../stage-options.ts';
import { stateMark, stateText } from './run-view.ts';
import type { Style } from './style.ts';
import { duration, table } from './table.ts';

/** The table at the end of a run, and where to look next. */
export function runSummary(
  result: RunResult,
  stages: readonly ConfiguredStage[],
  root: string,
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
  const metrics = result.failure ? [] : mainMetrics(stages, root);
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
  root: string,
): { file: string; values: string }[] {
  return stages.flatMap(({ stage, options }) => {
    const gated = Object.keys(options.metrics as object);
    return stage.outs
      .filter((out) => out.kind === 'metric')
      .flatMap((out) => {
        const numbers = numbersOf(join(root, out.path));
        const first = numbers.filter(([key]) => gated.includes(key));
        const rest = numbers.filter(([key]) => !gated.includes(key));
        const values = [...first, ...rest]
          .slice(0, shownMetrics)
          .map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
        return values.length > 0 ? [{ file: out.path, values: values.join(', ') }] : [];
      });
  });
}

function numbersOf(path: string): [string, number][] {
  try {
    return flatten(parse(readFileSync(path, 'utf8')), '');
  } catch {
    return []; // absent, or not a file that can be summed up in a line
  }
}

function flatten(value: unknown, prefix: string): [string, number][] {
  if (typeof value === 'number') return [[prefix, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    flatten(child, prefix === '' ? key : `${prefix}.${key}`),
  );
}
