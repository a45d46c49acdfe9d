import { metricName } from '../../metrics/name.ts';
import { differenceText, distinctTexts, percentText } from '../../metrics/number-text.ts';
import { valueText } from '../../metrics/value-text.ts';
import type { MetricRow, Report } from '../report.ts';

export type Conclusion = 'success' | 'warning' | 'failure';

/** How names and values from files are written: as code in Markdown, bold in a terminal. */
export type Quote = (untrusted: string, maxLength?: number) => string;

/** Success, or what keeps a run from it: a failed pipeline or broken gate, a warning one. */
export function conclusionOf(report: Report): Conclusion {
  const level = (row: MetricRow) => (row.broken ? row.gate?.level : undefined);
  if (report.outcome === 'failed' || report.metrics.some((row) => level(row) === 'fail')) {
    return 'failure';
  }
  const doubtful = (row: MetricRow) =>
    row.broken || ['unreadable', 'not-comparable', 'not-compared'].includes(row.verdict);
  const isUnread = report.unread !== undefined || unreadParams(report).length > 0;
  const isUnsure = isUnavailable(report) || isUnread || isWithItself(report);
  return isUnsure || report.metrics.some(doubtful) ? 'warning' : 'success';
}

function isUnavailable({ base }: Report): boolean {
  return !base.found && base.missing === 'unavailable';
}

/** Whether HEAD was compared with itself, and no edit of the workspace shows. */
function isWithItself(report: Report): boolean {
  return report.base.found && report.base.self !== undefined && isAlike(report);
}

/** Whether nothing differs of what could be compared. */
function isAlike({ metrics, params, data }: Report): boolean {
  return metrics.every(({ verdict }) => verdict === 'same') && params.length + data.length === 0;
}

/**
 * The answer in one line: the most important metric with its change, then how many others changed
 * and how; without metrics that changed, what did. Where nothing was compared it begins with that and
 * with what mends it: no report looks like an all-clear by accident.
 */
export function verdictLine(report: Report, quote: Quote): string {
  const parts: string[] = [];
  if (report.outcome === 'failed') parts.push(failedText(report, quote));
  const rows = report.metrics.filter((row) => row.verdict !== 'same');
  const [first, ...others] = rows;
  if (!report.base.found) parts.push(withoutBase(report.base, quote));
  if (!report.base.found && !rows.some((row) => row.broken && row.verdict !== 'not-compared')) {
    const values = rows.filter((row) => row.after).slice(0, 3);
    parts.push(
      ...values.map((row) => `${nameIn(report, row, quote)} ${valueText(row.after, quote)}`),
    );
    const unread = rows.filter((row) => row.verdict === 'unreadable').slice(0, 3);
    parts.push(...unread.map((row) => headline(row, report, quote)));
    const broken = rows.filter((row) => row.broken).length;
    if (broken > 0) parts.push(`${broken} ${broken === 1 ? 'gate needs' : 'gates need'} the base`);
  } else if (first) {
    parts.push(headline(first, report, quote), ...counts(others));
  } else if (report.base.found && report.base.self) {
    const { words, remedy } = report.base.self;
    const changed = isWithItself(report) ? 'nothing to tell' : nothingChanged(report);
    parts.push(`${changed}: ${quote(words, 200)}${remedyText(remedy, quote)}`);
  } else if (report.outcome !== 'failed' || !isAlike(report)) {
    // Of what did not run nobody knows whether it would have changed anything.
    parts.push(nothingChanged(report));
  }
  if (report.base.found && report.base.self && first) parts.push('since HEAD itself');
  if (report.unread !== undefined)
    parts.push(`not all could be read: ${quote(report.unread, 200)}`);
  for (const file of unreadParams(report).slice(0, 3)) parts.push(`${quote(file)} cannot be read`);
  const plots = report.uncomparedPlots?.length ?? 0;
  if (plots > 0) parts.push(`${plots} ${plots === 1 ? 'plot' : 'plots'} not compared`);
  return parts.join(', ');
}

function failedText({ stages }: Report, quote: Quote): string {
  const named = (wanted: Report['stages'][number]['outcome']) =>
    stages
      .filter(({ outcome }) => outcome === wanted)
      .slice(0, 3)
      .map(({ name }) => quote(name))
      .join(', ');
  const [failed, skipped] = [named('failed'), named('skipped')];
  if (failed !== '') return `the pipeline failed in ${failed}`;
  return skipped === '' ? 'the pipeline failed' : `not all stages ran: ${skipped} did not`;
}

/** Params files that one of the revisions has in a form that cannot be read. */
function unreadParams({ params }: Report): string[] {
  return params.flatMap(({ file, change }) => (change === 'unreadable' ? file : []));
}

function withoutBase(base: Extract<Report['base'], { found: false }>, quote: Quote): string {
  const words = base.missing === 'unavailable' ? 'not compared' : 'nothing to compare with';
  return `${words}: ${quote(base.reason, 300)}${remedyText(base.remedy, quote)}`;
}

function remedyText(remedy: string | undefined, quote: Quote): string {
  return remedy === undefined ? '' : ` (${quote(remedy, 300)})`;
}

/** Several files may have a metric of one name, one for each language, say: then the file is named too. */
function nameIn({ metrics }: Report, { file, key }: MetricRow, quote: Quote): string {
  const name = quote(metricName(file, key));
  const isAlone = key === '' || metrics.every((each) => each.key !== key || each.file === file);
  return isAlone ? name : `${name} of ${quote(file)}`;
}

function headline(row: MetricRow, report: Report, quote: Quote): string {
  const name = nameIn(report, row, quote);
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
    const unsure = row.verdict === 'not-compared' ? ', not compared' : '';
    const fresh = row.verdict === 'added' ? 'new: ' : '';
    return `${fresh}${name} ${values}${share}${beyond}${worse}${unsure}`;
  }
  const words: Partial<Record<MetricRow['verdict'], string>> = {
    unreadable: 'cannot be read',
    missing: 'has a gate but no value',
    removed: 'is gone',
    'not-compared': 'is not compared',
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
  ['not compared', ['not-compared']],
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
    [report.params.filter(({ change }) => change !== 'unreadable').length, 'parameter'],
    [report.data.filter((row) => row.kind === 'out').length, 'output'],
    [report.data.filter((row) => row.kind === 'source').length, 'source'],
  ] as const;
  const others = changed
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`);
  const hasMetrics = report.metrics.length + (report.alike?.length ?? 0) > 0;
  const metrics = hasMetrics ? 'no metric changed' : 'no metrics';
  return others.length > 0
    ? `${metrics}; ${others.join(', ')} did`
    : report.unread === undefined && unreadParams(report).length === 0
      ? `${metrics}, nor anything else`
      : metrics;
}

/** `+0.034 (+3.6 %)`; empty when there is no difference to tell. */
export function changeText(row: Pick<MetricRow, 'absolute' | 'relative'>): string {
  if (row.absolute === undefined || row.absolute === 0) return '';
  const share = row.relative === undefined ? '' : ` (${percentText(row.relative)})`;
  return `${differenceText(row.absolute)}${share}`;
}
