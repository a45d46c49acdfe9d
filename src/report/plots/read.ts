import { textOf } from '../../revision/entry.ts';
import { type Datapoint, type Datapoints, readDatapoints } from './datapoints.ts';
import type { PlotSpec, SeriesSource } from './spec.ts';

/** A plot file of a revision; an image is bytes, everything else UTF-8 text. */
export interface PlotFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Why its content is not here, though the revision has something at its path. */
  readonly problem?: string;
  /** Its content is only not here: what has the same hash stands for it. */
  readonly elsewhere?: true;
}

export interface PlotRow {
  readonly x: unknown;
  readonly y: unknown;
  /** What tells the curves of one plot apart: file, column, or the value of a third column. */
  readonly series: string;
  readonly point: Datapoint;
  readonly source: SeriesSource;
}

/** One plot with the data of both revisions. */
export interface PlotData {
  readonly spec: PlotSpec;
  readonly xField: string;
  readonly yField: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly before?: readonly PlotRow[];
  readonly after?: readonly PlotRow[];
  /** Images, when the plot is one. */
  readonly imageBefore?: Uint8Array;
  readonly imageAfter?: Uint8Array;
  /** Why a side cannot be drawn. */
  readonly problems: readonly string[];
}

const imagePattern = /\.(?:png|jpe?g|gif|svg)$/i;

export function isImage(path: string): boolean {
  return imagePattern.test(path);
}

/** Reads the plots of two revisions; `before` is undefined when there is nothing to compare with. */
export function readPlots(
  specs: readonly PlotSpec[],
  before: readonly PlotFile[] | undefined,
  after: readonly PlotFile[],
): PlotData[] {
  return specs.map((spec) => (isImage(spec.id) ? imagePlot : dataPlot)(spec, before ?? [], after));
}

function imagePlot(
  spec: PlotSpec,
  before: readonly PlotFile[],
  after: readonly PlotFile[],
): PlotData {
  const found = [before, after].map((files) => files.find(({ path }) => path === spec.id));
  const [imageBefore, imageAfter] = found.map((file) =>
    file?.problem === undefined ? file?.content : undefined,
  );
  return {
    spec,
    xField: '',
    yField: '',
    xLabel: '',
    yLabel: '',
    ...(imageBefore && { imageBefore }),
    ...(imageAfter && { imageAfter }),
    problems: [
      ...(found[0]?.problem === undefined ? [] : [`base: ${spec.id}: ${found[0].problem}`]),
      ...(found[1]?.problem === undefined ? [] : [`${spec.id}: ${found[1].problem}`]),
    ],
  };
}

function dataPlot(
  spec: PlotSpec,
  before: readonly PlotFile[],
  after: readonly PlotFile[],
): PlotData {
  const [ofBase, own] = [new Set<string>(), new Set<string>()];
  const [old, current] = [
    rowsOf(spec, before, (problem) => ofBase.add(problem)),
    rowsOf(spec, after, (problem) => own.add(problem)),
  ];
  const yFields = new Set(spec.sources.map(({ yField }) => yField));
  const xFields = new Set(spec.sources.map(({ xField }) => xField));
  const yField = only(yFields) ?? lastColumn(current ?? old);
  const xField = only(xFields) ?? 'step';
  return {
    spec,
    xField,
    yField: yField ?? 'y',
    xLabel: spec.xLabel ?? xField,
    yLabel: spec.yLabel ?? (yFields.size > 1 ? 'y' : (yField ?? 'y')),
    ...(old && { before: old }),
    ...(current && { after: current }),
    problems: [
      ...[...ofBase].filter((problem) => !own.has(problem)).map((problem) => `base: ${problem}`),
      ...[...own].map((problem) => (ofBase.has(problem) ? `${problem} (the base's too)` : problem)),
    ],
  };
}

function only(values: ReadonlySet<string | undefined>): string | undefined {
  return values.size === 1 ? [...values][0] : undefined;
}

function lastColumn(rows: readonly PlotRow[] | undefined): string | undefined {
  return rows?.[0]?.source.yField;
}

/** The rows of one revision; undefined, with the reason if there is one, when it has none. */
function rowsOf(
  spec: PlotSpec,
  files: readonly PlotFile[],
  complain: (problem: string) => void,
): PlotRow[] | undefined {
  if (spec.problem !== undefined) {
    complain(spec.problem);
    return undefined;
  }
  const tables = new Map<string, Extract<Datapoints, { rows: unknown }>>();
  for (const path of new Set(spec.sources.flatMap(({ xFile, yFile }) => [yFile, xFile]))) {
    const file = files.find((candidate) => candidate.path === path);
    if (!file) continue;
    const text = textOf({ kind: 'file', content: file.content });
    const problem = file.problem ?? (text && 'problem' in text ? text.problem : undefined);
    if (problem !== undefined || text === undefined || !('text' in text)) {
      complain(`${path}: ${problem}`);
      continue;
    }
    const read = readDatapoints(path, text.text, spec.header);
    if (!('problem' in read)) {
      tables.set(path, read);
      continue;
    }
    complain(`${path}: ${read.problem}`);
    if (read.spoils) return undefined;
  }
  const isOneField = new Set(spec.sources.map(({ yField }) => yField)).size === 1;
  const rows: PlotRow[] = [];
  for (const source of spec.sources) {
    const table = tables.get(source.yFile);
    const xs = source.xField === undefined ? undefined : tables.get(source.xFile)?.rows;
    if (!table) {
      if (!xs || source.xFile === source.yFile) continue;
      complain(`${source.yFile} has no rows to go with those of ${source.xFile}`);
      return undefined;
    }
    const ys = table.rows;
    const yField = source.yField ?? table.lastField ?? '';
    const problem = problemOf({ ...source, yField }, xs, ys);
    // DVC draws none of a plot's curves where one cannot be drawn.
    if (problem !== undefined) {
      complain(problem);
      return undefined;
    }
    const isCounted = source.xField === undefined && isOneField;
    const category = categoryOf(ys, [yField, source.xField]);
    for (const [index, point] of ys.entries()) {
      // A row that lacks x in another file keeps what its own file has by that name.
      const x = source.xField === undefined ? index : { ...point, ...xs?.[index] }[source.xField];
      const series = seriesName(spec, { ...source, yField }, category && String(point[category]));
      // Where no x is named DVC counts rows in a column `step`, over one that the file has.
      const y = isCounted && yField === 'step' ? index : point[yField];
      rows.push({ x, y, series, point, source: { ...source, yField } });
    }
  }
  return rows.length > 0 ? rows : undefined;
}

/** What keeps a curve from being drawn; only the first row must have the columns. */
function problemOf(
  { xFile, xField, yFile, yField = '' }: SeriesSource,
  xs: readonly Datapoint[] | undefined,
  ys: readonly Datapoint[],
): string | undefined {
  if (!Object.hasOwn(ys[0] ?? {}, yField)) return `${yFile}: there is no column ${yField}`;
  if (xField === undefined) return undefined;
  if (!Object.hasOwn(xs?.[0] ?? {}, xField)) return `${xFile}: there is no column ${xField}`;
  return xs?.length === ys.length
    ? undefined
    : `${xFile} and ${yFile} have different numbers of rows`;
}

/**
 * A column of a few words beside x and y tells curves apart that share a file, such as the classes of
 * an ROC. DVC's own templates would join them into one line.
 */
function categoryOf(
  rows: readonly Datapoint[],
  axes: readonly (string | undefined)[],
): string | undefined {
  return Object.keys(rows[0] ?? {}).find((column) => {
    if (axes.includes(column)) return false;
    const values = new Set<unknown>();
    for (const row of rows) {
      const value = row[column];
      if (typeof value !== 'string' || value === '' || isNumeric(value)) return false;
      values.add(value);
      if (values.size > 12) return false;
    }
    return values.size > 1 && values.size * 2 <= rows.length;
  });
}

export function isNumeric(value: unknown): boolean {
  return numberOf(value) !== undefined;
}

/** The finite number that a cell holds, undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Only what differs between the series of a plot is in their names. */
function seriesName(
  { sources }: PlotSpec,
  { yFile, yField }: SeriesSource,
  category: string | undefined,
): string {
  const several = (values: readonly unknown[]) => new Set(values).size > 1;
  const parts = [
    ...(several(sources.map((source) => source.yFile)) ? [yFile] : []),
    ...(several(sources.map((source) => source.yField)) ? [yField ?? ''] : []),
    ...(category === undefined ? [] : [category]),
  ];
  return parts.join(' ');
}
