import { differenceText, distinctTexts, percentText } from './number-text.ts';
import type { MetricRow, Report } from './report.ts';
import { valueText } from './value-text.ts';

export type Conclusion = 'success' | 'warning' | 'failure';

/** How names and values from files are written: as code in Markdown, bold in a terminal. */
export type Quote = (untrusted: string) => string;

/** Success, or what keeps a run from it: a failed pipeline or broken gate, a warning one. */
export function conclusionOf(report: Report): Conclusion {
  const level = (row: MetricRow) => (row.broken ? row.gate?.level : undefined);
  if (report.outcome === 'failed' || report.metrics.some((row) => level(row) === 'fail')) {
    return 'failure';
  }
  const doubtful = (row: MetricRow) =>
    row.broken || row.verdict === 'unreadable' || row.verdict === 'not-comparable';
  return report.metrics.some(doubtful) ? 'warning' : 'success';
}

/**
 * The answer in one line: the most important metric with its change, then how many others changed
 * and how; without metrics that changed, what did.
 */
export function verdictLine(report: Report, quote: Quote): string {
  const parts: string[] = [];
  if (report.outcome === 'failed') {
    const failed = report.stages.filter((stage) => stage.outcome === 'failed');
    const names = failed.slice(0, 3).map((stage) => quote(stage.name));
    parts.push(
      names.length > 0 ? `the pipeline failed in ${names.join(', ')}` : 'the pipeline failed',
    );
  }
  const rows = report.metrics.filter((row) => row.verdict !== 'same');
  const [first, ...others] = rows;
  if (!report.base.found && !rows.some((row) => row.broken)) {
    const values = rows.filter((row) => row.after).slice(0, 3);
    parts.push(...values.map((row) => `${quote(row.key)} ${valueText(row.after, quote)}`));
    parts.push('nothing to compare with');
  } else if (first) {
    parts.push(headline(first, quote), ...counts(others));
  } else {
    parts.push(nothingChanged(report));
  }
  return parts.join(', ');
}

function headline(row: MetricRow, quote: Quote): string {
  const name = quote(row.key === '' ? row.file : row.key);
  const { before, after, gate } = row;
  const bound =
    row.verdict === 'below-floor'
      ? gate?.min
      : row.verdict === 'above-ceiling'
        ? gate?.max
        : undefined;
  if (after?.type === 'number') {
    const numbers = [after.value, before?.type === 'number' ? before.value : after.value];
    const [now, was, limit] = distinctTexts(
      [...numbers, ...(bound === undefined ? [] : [bound])],
      3,
    );
    const values =
      before?.type === 'number' && row.verdict !== 'same' && was !== now ? `${was} → ${now}` : now;
    const share =
      row.relative === undefined || row.absolute === 0 ? '' : ` (${percentText(row.relative)})`;
    const beyond =
      bound === undefined ? '' : `, ${row.verdict === 'below-floor' ? 'below' : 'above'} ${limit}`;
    const worse = row.broken && row.verdict === 'worse' ? ', worse than its gate allows' : '';
    const fresh = row.verdict === 'added' ? 'new: ' : '';
    return `${fresh}${name} ${values}${share}${beyond}${worse}`;
  }
  const words: Partial<Record<MetricRow['verdict'], string>> = {
    unreadable: 'cannot be read',
    missing: 'has a gate but no value',
    removed: 'is gone',
    'not-comparable': `is ${valueText(after, quote)}, not comparable`,
  };
  return `${name} ${words[row.verdict] ?? `is ${valueText(after, quote)}`}`;
}

const countWords: readonly (readonly [string, readonly MetricRow['verdict'][]])[] = [
  ['beyond its limit', ['below-floor', 'above-ceiling']],
  ['worse', ['worse']],
  ['unreadable', ['unreadable']],
  ['missing', ['missing']],
  ['not comparable', ['not-comparable']],
  ['better', ['improved']],
  ['changed', ['changed']],
  ['within tolerance', ['within']],
  ['new', ['added']],
  ['removed', ['removed']],
];

/** `1 metric worse`, `3 better`: the first names what is counted. */
function counts(rows: readonly MetricRow[]): string[] {
  const parts = countWords.flatMap(([word, verdicts]) => {
    const count = rows.filter((row) => verdicts.includes(row.verdict)).length;
    return count > 0 ? [{ count, word }] : [];
  });
  return parts.map(({ count, word }, index) =>
    index === 0 ? `${count} ${count === 1 ? 'metric' : 'metrics'} ${word}` : `${count} ${word}`,
  );
}

function nothingChanged(report: Report): string {
  const changed = [
    [report.params.length, 'parameter'],
    [report.data.filter((row) => row.kind === 'out').length, 'output'],
    [report.data.filter((row) => row.kind === 'source').length, 'source'],
  ] as const;
  const others = changed
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`);
  const metrics = report.metrics.length === 0 ? 'no metrics' : 'no metric changed';
  return others.length > 0
    ? `${metrics}; ${others.join(', ')} did`
    : `${metrics}, nor anything else`;
}

/** `+0.034 (+3.6 %)`; empty when there is no difference to tell. */
export function changeText(row: Pick<MetricRow, 'absolute' | 'relative'>): string {
  if (row.absolute === undefined || row.absolute === 0) return '';
  const share = row.relative === undefined ? '' : ` (${percentText(row.relative)})`;
  return `${differenceText(row.absolute)}${share}`;
}
