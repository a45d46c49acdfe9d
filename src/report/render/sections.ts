import { metricName } from '../../metrics/name.ts';
import { valueTexts } from '../../metrics/value-text.ts';
import { byteSize, duration } from '../../terminal/table.ts';
import type {
  DataRow,
  DataSide,
  Link,
  MetricRow,
  ParamRow,
  Report,
  StageRow,
  Trend,
} from '../report.ts';
import type { Format, Tone } from './format.ts';
import { metricState } from './metric-state.ts';
import { sparkline } from './sparkline.ts';
import { changeText } from './verdict-line.ts';

/** What a table of metrics needs to know of the report that it is a part of. */
interface Around {
  readonly metrics: readonly MetricRow[];
  readonly trends: readonly Trend[];
  readonly base: { readonly found: boolean };
}

/** Metrics with their change; `report` is the whole one, of which `rows` may be a part. */
export function metricsTable(format: Format, rows: readonly MetricRow[], report: Around): string {
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
    const [before, after] = valueTexts(row.before, row.after, format.cell);
    const values = compared ? [before, after, changeText(row)] : [after];
    return [
      stateText(format, row),
      ...(files.size > 1 ? [format.cell(row.file)] : []),
      nameText(format, row, files.size > 1),
      ...values,
      ...(hasTrend ? [trendText(trendOf(row), row)] : []),
    ];
  });
  return format.table(columns, lines, (compared ? 3 : 1) + (hasTrend ? 1 : 0));
}

/** The last values on the base branch and the one of this run, as a sparkline. */
function trendText(trend: Trend | undefined, { after }: MetricRow): string {
  if (!trend) return '';
  const values = trend.values.map(({ value }) => value);
  return sparkline(after?.type === 'number' ? [...values, after.value] : values);
}

function stateText(format: Format, row: MetricRow): string {
  const { tone, sign, words } = metricState(row);
  return format.state(tone, sign, words);
}

function nameText(format: Format, row: MetricRow, besideFile: boolean): string {
  if (row.problem) {
    const { line, column } = row.problem;
    const place = [row.file, line, column].filter((part) => part !== undefined).join(':');
    const side = row.problem.side === 'before' ? ' (base)' : '';
    return `${format.cell(place)}${side}: ${format.cell(row.problem.cause, 200)}`;
  }
  const own = besideFile && row.key === '' ? '' : format.cell(metricName(row.file, row.key));
  if (!row.renamedFrom) return own;
  const { file, key } = row.renamedFrom;
  const was = format.cell(key === row.key ? file : metricName(file, key));
  return `${own} (was ${was})`.trimStart();
}

export function paramsTable(format: Format, rows: readonly ParamRow[]): string {
  const none = format.muted('none');
  const lines = rows.map((row) => {
    if (row.change === 'unreadable') return [format.cell(row.file), 'cannot be read', '', ''];
    const [before, after] = valueTexts(row.before, row.after, format.cell);
    return [format.cell(row.file), format.cell(row.key), before || none, after || none];
  });
  return format.table(['File', 'Parameter', 'Before', 'After'], lines, 2);
}

export function dataTable(format: Format, rows: readonly DataRow[]): string {
  const lines = rows.map((row) => {
    const name = row.movedFrom
      ? `${format.cell(row.path)} (was ${format.cell(row.movedFrom)})`
      : format.cell(row.path);
    return [name, row.kind, row.change, sideText(format, row.before), sideText(format, row.after)];
  });
  return format.table(['Path', 'Kind', '', 'Before', 'After'], lines, 0);
}

/** `3.4 KB, 12 files, 5d41402a`; the first eight digits tell two hashes apart. */
function sideText(format: Format, side: DataSide | undefined): string {
  if (!side) return '';
  return [
    ...(side.size === undefined ? [] : [byteSize(side.size)]),
    ...(side.files === undefined ? [] : [`${side.files} ${side.files === 1 ? 'file' : 'files'}`]),
    ...(side.hash === undefined ? [] : [format.cell(side.hash.slice(0, 8))]),
  ].join(', ');
}

const outcomeStates: Readonly<Record<StageRow['outcome'], readonly [Tone, string, string]>> = {
  ran: ['good', '▶️', 'ran'],
  cached: ['neutral', '♻️', 'from cache'],
  unchanged: ['neutral', '=', 'unchanged'],
  failed: ['bad', '❌', 'failed'],
  skipped: ['neutral', '⏭️', 'skipped'],
};

export function stagesTable(format: Format, rows: readonly StageRow[]): string {
  const lines = rows.map((row) => [
    format.cell(row.name),
    format.state(...outcomeStates[row.outcome]),
    row.seconds === undefined ? '' : duration(row.seconds),
    row.image === undefined ? '' : format.cell(row.image, 60),
    row.reason === undefined ? '' : format.cell(row.reason, 160),
  ]);
  return format.table(['Stage', 'Outcome', 'Time', 'Image', 'Why'], lines, 0);
}

/** What was compared with what, and where to look further. */
export function contextLine(
  format: Format,
  { base, head, pipeline, links }: Report,
  linkHosts: readonly string[] | undefined,
): string {
  const from = base.commit === undefined ? '' : format.quote(base.commit.slice(0, 7));
  const of = base.ref === undefined ? '' : ` of ${format.quote(base.ref, 60)}`;
  const to = head.commit === undefined ? 'the working tree' : format.quote(head.commit.slice(0, 7));
  const name = format.quote(pipeline, 60);
  const compared = base.found
    ? `${name}: ${from}${of} → ${to}`
    : `${name}: ${to}; no base: ${format.quote(base.reason, 200)}`;
  return [compared, linksLine(format, links, linkHosts)].filter((part) => part !== '').join(' · ');
}

const linkWords: Readonly<Record<Link['kind'], string>> = {
  run: 'workflow run',
  'mlflow-run': 'MLflow run',
  'mlflow-model': 'MLflow model',
  dagshub: 'DagsHub',
  artifact: 'report page',
  files: 'files at this commit',
  plots: 'plots',
};

/**
 * The links of a report. `hosts` are those that a reader may be sent to: a report from a fork could
 * lead anywhere.
 */
function linksLine(
  format: Format,
  links: readonly Link[],
  hosts: readonly string[] | undefined,
): string {
  const allowed = links.filter(
    ({ url }) =>
      url.length <= 500 &&
      (hosts === undefined || (URL.canParse(url) && hosts.includes(new URL(url).host))),
  );
  return allowed
    .slice(0, 12)
    .map(({ kind, url, name }) => {
      const words = format.link(linkWords[kind], url);
      return name === undefined ? words : `${words} ${format.quote(name, 40)}`;
    })
    .join(' · ');
}

/** `Stages: 2 ran, 1 unchanged`. */
export function stagesSummary({ stages }: Report): string {
  const words = [
    ['ran', 'ran'],
    ['cached', 'from cache'],
    ['unchanged', 'unchanged'],
    ['failed', 'failed'],
    ['skipped', 'skipped'],
  ] as const;
  const counts = words.flatMap(([outcome, word]) => {
    const count = stages.filter((stage) => stage.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `Stages: ${counts.join(', ')}`;
}
