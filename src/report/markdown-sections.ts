import { byteSize, duration } from '../terminal/table.ts';
import { cellCode, code, link } from './markdown-escape.ts';
import { table } from './markdown-table.ts';
import { distinctTexts } from './number-text.ts';
import type {
  DataRow,
  DataSide,
  Link,
  MetricRow,
  ParamRow,
  Report,
  StageRow,
  Trend,
} from './report.ts';
import { sparkline } from './sparkline.ts';
import { valueTexts } from './value-text.ts';
import { changeText } from './verdict-line.ts';

/** Each function gives one block of a comment from the rows that are to be shown. */

export function metricsTable(rows: readonly MetricRow[], report: Report): string {
  const compared = report.base.found;
  const files = new Set(report.metrics.map((row) => row.file));
  const head = ['', ...(files.size > 1 ? ['File'] : []), 'Metric'];
  const trends = new Map(report.trends.map((trend) => [`${trend.file} ${trend.key}`, trend]));
  const trendOf = (row: MetricRow) => trends.get(`${row.file} ${row.key}`);
  const hasTrend = rows.some((row) => trendOf(row) !== undefined);
  const columns = [
    ...head,
    ...(compared ? ['Before', 'After', 'Change'] : ['Value']),
    ...(hasTrend ? ['Trend'] : []),
  ];
  const lines = rows.map((row) => {
    const [before, after] = valueTexts(row.before, row.after, cellCode);
    const values = compared ? [before, after, changeText(row)] : [after];
    return [
      statusText(row),
      ...(files.size > 1 ? [cellCode(row.file)] : []),
      metricName(row),
      ...values,
      ...(hasTrend ? [trendText(trendOf(row), row)] : []),
    ];
  });
  return table(columns, lines, (compared ? 3 : 1) + (hasTrend ? 1 : 0));
}

/** The last values on the base branch and the one of this run, as a sparkline. */
function trendText(trend: Trend | undefined, { after }: MetricRow): string {
  if (!trend) return '';
  const values = trend.values.map(({ value }) => value);
  return sparkline(after?.type === 'number' ? [...values, after.value] : values);
}

function metricName(row: MetricRow): string {
  if (row.problem) {
    const { line, column } = row.problem;
    const place = [row.file, line, column].filter((part) => part !== undefined).join(':');
    const side = row.problem.side === 'before' ? ' (base)' : '';
    return `${cellCode(place)}${side}: ${cellCode(row.problem.cause, 200)}`;
  }
  if (!row.renamedFrom) return cellCode(row.key);
  const { file, key } = row.renamedFrom;
  const was = key === row.key ? file : key;
  return `${cellCode(row.key)} (was ${cellCode(was)})`;
}

/** The sign and word of a metric's row. Signs differ in shape as well as in colour. */
export function statusText(row: MetricRow): string {
  const sign = row.broken ? (row.gate?.level === 'warn' ? '⚠️' : '❌') : undefined;
  const bound = (limit: number | undefined) =>
    distinctTexts([limit ?? 0, row.after?.type === 'number' ? row.after.value : 0])[0];
  switch (row.verdict) {
    case 'below-floor':
      return `${sign ?? '🔻'} below ${bound(row.gate?.min)}`;
    case 'above-ceiling':
      return `${sign ?? '🔻'} above ${bound(row.gate?.max)}`;
    case 'worse':
      return `${sign ?? '🔻'} worse`;
    case 'unreadable':
      return `${sign ?? '⚠️'} unreadable`;
    case 'missing':
      return `${sign ?? '⚠️'} no such metric`;
    case 'not-comparable':
      return `${sign ?? '⚠️'} not comparable`;
    case 'removed':
      return `${sign ?? '➖'} removed`;
    case 'improved':
      return '✅ better';
    case 'changed':
      return '✏️ changed';
    case 'added':
      return '➕ new';
    case 'within':
      return '≈ within tolerance';
    case 'same':
      return row.renamedFrom ? '✏️ renamed' : '= same';
  }
}

export function paramsTable(rows: readonly ParamRow[]): string {
  const lines = rows.map((row) => {
    if (row.change === 'unreadable') return [cellCode(row.file), 'cannot be read', '', ''];
    const [before, after] = valueTexts(row.before, row.after, cellCode);
    return [cellCode(row.file), cellCode(row.key), before || '*none*', after || '*none*'];
  });
  return table(['File', 'Parameter', 'Before', 'After'], lines, 2);
}

export function dataTable(rows: readonly DataRow[]): string {
  const lines = rows.map((row) => {
    const name = row.movedFrom
      ? `${cellCode(row.path)} (was ${cellCode(row.movedFrom)})`
      : cellCode(row.path);
    return [name, row.kind, row.change, sideText(row.before), sideText(row.after)];
  });
  return table(['Path', 'Kind', '', 'Before', 'After'], lines, 0);
}

/** `3.4 KB, 12 files, 5d41402a`; the first eight digits tell two hashes apart. */
function sideText(side: DataSide | undefined): string {
  if (!side) return '';
  return [
    ...(side.size === undefined ? [] : [byteSize(side.size)]),
    ...(side.files === undefined ? [] : [`${side.files} ${side.files === 1 ? 'file' : 'files'}`]),
    ...(side.hash === undefined ? [] : [cellCode(side.hash.slice(0, 8))]),
  ].join(', ');
}

const outcomeWords: Readonly<Record<StageRow['outcome'], string>> = {
  ran: '▶️ ran',
  cached: '♻️ from cache',
  unchanged: '= unchanged',
  failed: '❌ failed',
  skipped: '⏭️ skipped',
};

export function stagesTable(rows: readonly StageRow[]): string {
  const lines = rows.map((row) => [
    cellCode(row.name),
    outcomeWords[row.outcome],
    row.seconds === undefined ? '' : duration(row.seconds),
    row.image === undefined ? '' : cellCode(row.image, 60),
    row.reason === undefined ? '' : cellCode(row.reason, 160),
  ]);
  return table(['Stage', 'Outcome', 'Time', 'Image', 'Why'], lines, 0);
}

const linkWords: Readonly<Record<Link['kind'], string>> = {
  run: 'workflow run',
  'mlflow-run': 'MLflow run',
  'mlflow-model': 'MLflow model',
  dagshub: 'DagsHub',
  artifact: 'report page',
  files: 'files',
  plots: 'plots',
};

/**
 * The links of a report. `hosts` are those that a reader may be sent to: a report from a fork could
 * lead anywhere.
 */
export function linksLine(links: readonly Link[], hosts: readonly string[] | undefined): string {
  const allowed = links.filter(
    ({ url }) =>
      url.length <= 500 &&
      (hosts === undefined || (URL.canParse(url) && hosts.includes(new URL(url).host))),
  );
  return allowed
    .slice(0, 12)
    .map(({ kind, url, name }) => {
      const words = link(linkWords[kind], url);
      return name === undefined ? words : `${words} ${code(name, 40)}`;
    })
    .join(' · ');
}
