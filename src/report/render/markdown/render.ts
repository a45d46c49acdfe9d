import { code } from '../../../text/markdown-escape.ts';
import type { MetricRow, Report } from '../../report.ts';
import {
  contextLine,
  dataTable,
  metricsTable,
  paramsTable,
  stagesSummary,
  stagesTable,
} from '../sections.ts';
import { type LeftOut, mostImportant, rowCount } from '../select-rows.ts';
import { type Conclusion, conclusionOf, verdictLine } from '../verdict-line.ts';
import { folded, markdown } from './format.ts';
import { plotBlocks } from './plots.ts';

export interface MarkdownLimits {
  /** Put first, on a line of its own; for a comment, what finds it again. */
  readonly marker?: string;
  /** Characters, marker included. GitHub takes 65,536 in a comment and 1 MiB in a step summary. */
  readonly maxLength?: number;
  /** Where what does not fit can be seen, as words of ours: "the job summary". */
  readonly restIn?: string;
  /** Where the plots are that are not drawn here, as words of ours. */
  readonly plotsIn?: string;
  /** The hosts that links may lead to; any when undefined. */
  readonly linkHosts?: readonly string[];
}

export interface RenderedMarkdown {
  readonly text: string;
  /** Rows that the limit left out. */
  readonly leftOut: number;
}

/** GitHub's limit of a comment, with room for what it may count differently. */
export const commentLength = 65_000;

/**
 * The report as GitHub-flavoured Markdown: marker, verdict, then tables in the order in which a
 * reviewer asks. Beyond the limit the least important rows go, and the text says how many.
 */
export function renderMarkdown(report: Report, limits: MarkdownLimits = {}): RenderedMarkdown {
  const maxLength = limits.maxLength ?? commentLength;
  const total = rowCount(report);
  const withRows = (count: number) => {
    const { report: selected, leftOut } = mostImportant(report, count);
    return { text: wholeText(report, selected, leftOut, limits), leftOut: total - count };
  };
  const whole = withRows(total);
  if (whole.text.length <= maxLength) return whole;
  let [fits, tooMany] = [0, total];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (withRows(middle).text.length <= maxLength) fits = middle;
    else tooMany = middle;
  }
  return withRows(fits);
}

const signs: Readonly<Record<Conclusion, string>> = {
  success: '✅',
  warning: '⚠️',
  failure: '❌',
};

/** `whole` decides the verdict, `shown` holds the rows. */
function wholeText(whole: Report, shown: Report, leftOut: LeftOut, limits: MarkdownLimits): string {
  const verdict = verdictLine(whole, (untrusted, maxLength = 60) => code(untrusted, maxLength));
  const blocks = [
    `### ${signs[conclusionOf(whole)]} ${verdict}`,
    contextLine(markdown, whole, limits.linkHosts),
    whole.failure === undefined ? '' : `**What failed:** ${code(whole.failure, 400)}`,
    ...metricsBlocks(whole, shown),
    ...plotBlocks(shown.plots, limits.plotsIn ?? 'the report page'),
    ...foldable('Parameters that changed', shown.params, (rows) => paramsTable(markdown, rows), 15),
    ...foldable('Data that changed', shown.data, (rows) => dataTable(markdown, rows), 8),
    shown.stages.length === 0
      ? ''
      : folded(stagesSummary(whole), stagesTable(markdown, shown.stages)),
    ...whole.notes.slice(0, 10).map((note) => `> ${code(note, 300)}`),
    leftOutLine(leftOut, limits.restIn),
  ];
  const text = blocks.filter((block) => block !== '').join('\n\n');
  return `${limits.marker === undefined ? '' : `${limits.marker}\n`}${text}\n`;
}

/** Changed metrics in the open, unchanged ones folded. */
function metricsBlocks(whole: Report, shown: Report): string[] {
  const isCalm = (row: MetricRow) => row.verdict === 'same' && !row.renamedFrom;
  const changed = shown.metrics.filter((row) => !isCalm(row));
  const same = shown.metrics.filter(isCalm);
  const count = whole.metrics.filter(isCalm).length;
  const noun = count === 1 ? 'metric' : 'metrics';
  return [
    changed.length === 0 ? '' : metricsTable(markdown, changed, whole),
    same.length === 0
      ? ''
      : folded(`${count} ${noun} unchanged`, metricsTable(markdown, same, whole)),
  ];
}

/** A titled table, folded when it is longer than `open` rows. */
function foldable<Row>(
  title: string,
  rows: readonly Row[],
  table: (rows: readonly Row[]) => string,
  open: number,
): string[] {
  if (rows.length === 0) return [];
  if (rows.length > open) return [folded(`${title}: ${rows.length}`, table(rows))];
  return [`**${title}**`, table(rows)];
}

function leftOutLine(leftOut: LeftOut, restIn: string | undefined): string {
  const nouns: Readonly<Record<keyof LeftOut, readonly [string, string]>> = {
    metrics: ['metric', 'metrics'],
    params: ['parameter', 'parameters'],
    data: ['data row', 'data rows'],
    stages: ['stage', 'stages'],
    plots: ['plot', 'plots'],
    trends: ['trend', 'trends'],
  };
  const counts = (Object.keys(nouns) as (keyof LeftOut)[])
    .filter((part) => leftOut[part] > 0)
    .map((part) => `${leftOut[part]} ${nouns[part][leftOut[part] === 1 ? 0 : 1]}`);
  if (counts.length === 0) return '';
  const rest = restIn === undefined ? '' : `; they are in ${restIn}`;
  return `*Left out for length, least important first: ${counts.join(', ')}${rest}.*`;
}
