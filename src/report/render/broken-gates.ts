import { posix } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import type { MetricRow, Report } from '../report.ts';

/** A message for a place in a file, as GitHub shows it beside the lines of a pull request. */
export interface Annotation {
  readonly level: 'failure' | 'warning';
  readonly file: string;
  readonly message: string;
}

const words: Partial<Record<MetricRow['verdict'], string>> = {
  worse: 'worse than its tolerance allows',
  'below-floor': 'below its floor',
  'above-ceiling': 'above its ceiling',
  missing: 'missing',
  unreadable: 'not to be read',
  'not-comparable': 'not comparable',
  'not-compared': 'not compared',
};

/** Why a report fails its run, as a failure. */
export function brokenGates(report: Report): ExpectedFailure {
  const broken = report.metrics.filter((row) => row.broken && row.gate?.level === 'fail');
  const gates = `a gate is broken: ${broken.map(brokenText).join('; ')}`;
  return new ExpectedFailure({
    kind: report.outcome === 'failed' ? 'stage' : 'gate',
    cause: report.outcome === 'failed' || broken.length === 0 ? (report.failure ?? gates) : gates,
    hint: hintOf(report),
  });
}

function hintOf({ base }: Report): string {
  const values = 'The report has the values; gates are under meta.sibling.metrics in dvc.yaml.';
  if (base.found || base.missing !== 'unavailable') return values;
  return [`There is no base to compare with: ${base.reason}`, base.remedy ?? '', values]
    .filter((line) => line !== '')
    .join('\n');
}

/** Why a report that found no base fails its command; undefined where there is none yet. */
export function notCompared({ base }: Report): ExpectedFailure | undefined {
  if (base.found || base.missing !== 'unavailable') return undefined;
  return new ExpectedFailure({
    kind: 'uncompared',
    cause: `nothing was compared: ${base.reason}`,
    hint: base.remedy ?? 'Name a revision to compare with: sibling report --base REVISION',
  });
}

/**
 * One for each gate that fails or warns, at the file's path in the repository; GitHub shows ten of a
 * kind for a step, so not more.
 */
export function annotationsOf(report: Report): Annotation[] {
  const ofLevel = (level: 'fail' | 'warn') =>
    report.metrics
      .filter((row) => row.broken && row.gate?.level === level)
      .slice(0, 10)
      .map((row) => ({
        level: level === 'fail' ? ('failure' as const) : ('warning' as const),
        file: posix.join(posix.dirname(report.pipeline), row.file),
        message: brokenText(row),
      }));
  return [...ofLevel('fail'), ...ofLevel('warn')];
}

/** `metrics.json: accuracy is below its floor (0.93 → 0.8, floor 0.9)`. */
function brokenText(row: MetricRow): string {
  const number = (value: MetricRow['after']) =>
    value?.type === 'number' ? String(value.value) : undefined;
  const values = [number(row.before), number(row.after)].filter((text) => text !== undefined);
  const bound = row.verdict === 'below-floor' ? row.gate?.min : undefined;
  const limit = row.verdict === 'above-ceiling' ? row.gate?.max : bound;
  const limits = limit === undefined ? [] : [`limit ${limit}`];
  const details = [values.join(' → '), ...limits, row.problem?.cause ?? ''];
  const shown = details.filter((text) => text !== '').join(', ');
  const name = row.key === '' ? row.file : `${row.file}: ${row.key}`;
  return `${name} is ${words[row.verdict] ?? row.verdict}${shown === '' ? '' : ` (${shown})`}`;
}
