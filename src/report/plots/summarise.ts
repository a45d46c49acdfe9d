import type { Confusion, Curve, Plot } from '../report.ts';
import { isImage, numberOf, type PlotData, type PlotRow } from './read.ts';

/** Points of one curve that a report keeps; a comment shows fewer. */
const maxPoints = 100;
const maxSeries = 12;
const maxLabels = 30;

/**
 * What a report says of the plots: curves with fewer points, confusion matrices as counts, and for
 * the rest that the report page has them. A plot that did not change is left out.
 */
export function summarisePlots(plots: readonly PlotData[]): Plot[] {
  return plots.flatMap((plot) => (isUnchanged(plot) ? [] : [summaryOf(plot)]));
}

function summaryOf(plot: PlotData): Plot {
  const { spec, before, after, problems } = plot;
  if (problems.length > 0) return other(plot, problems.join('; '));
  if (isImage(spec.id)) return other(plot, 'an image');
  if (!before && !after) return other(plot, 'neither revision has its data');
  if (spec.template.startsWith('confusion')) return confusionOf(plot);
  if (['linear', 'simple', 'smooth', 'default'].includes(spec.template)) return curvesOf(plot);
  return other(plot, `drawn by the template ${spec.template}`);
}

function other({ spec }: PlotData, note: string): Plot {
  return {
    kind: 'other',
    title: spec.title.slice(0, 300),
    path: spec.id.slice(0, 1_000),
    note: note.slice(0, 500),
  };
}

function isUnchanged({ before, after, imageBefore, imageAfter, problems }: PlotData): boolean {
  if (problems.length > 0) return false;
  if (imageBefore && imageAfter) return Buffer.compare(imageBefore, imageAfter) === 0;
  if (!before || !after || before.length !== after.length) return false;
  const text = (rows: readonly PlotRow[]) =>
    JSON.stringify(rows.map(({ x, y, series }) => [String(x), String(y), series]));
  return text(before) === text(after);
}

function curvesOf(plot: PlotData): Plot {
  const sides = (['before', 'after'] as const).flatMap((side) => {
    const groups = new Map<string, Point[]>();
    for (const { x, y, series } of plot[side] ?? []) {
      const at = numberOf(x);
      if (at === undefined) continue;
      const group = groups.get(series) ?? [];
      group.push([at, numberOf(y) ?? null]);
      groups.set(series, group);
    }
    const drawn = [...groups].filter(([, points]) => points.some(([, y]) => y !== null));
    return drawn.map(([name, points]) => ({
      name: name.slice(0, 200),
      side,
      points: thinned(points),
    }));
  });
  if (sides.length === 0) return other(plot, 'its values are not numbers');
  if (sides.length > 2 * maxSeries) return other(plot, `it has ${sides.length} curves`);
  return { kind: 'curve', ...labelsOf(plot), series: sides } satisfies Curve;
}

/** Null is a gap: the row has no number. */
type Point = [x: number, y: number | null];

/** Evenly chosen values, the first and the last among them, and a gap where one is passed over. */
function thinned(points: readonly Point[]): Point[] {
  if (points.length <= maxPoints) return [...points];
  const values = [...points.keys()].filter((index) => points[index]?.[1] !== null);
  const count = Math.min(maxPoints, values.length);
  const step = count > 1 ? (values.length - 1) / (count - 1) : 0;
  const chosen = [...Array(count).keys()].flatMap((at) => values[Math.round(at * step)] ?? []);
  const kept: Point[] = [];
  let next = 0;
  for (const index of [...chosen, points.length]) {
    const gap = points.slice(next, index).find(([, y]) => y === null);
    kept.push(...(gap ? [gap] : []), ...points.slice(index, index + 1));
    next = index + 1;
  }
  return kept;
}

function confusionOf(plot: PlotData): Plot {
  const rows = [...(plot.before ?? []), ...(plot.after ?? [])];
  const labels = [...new Set(rows.flatMap(({ x, y }) => [String(x), String(y)]))].sort();
  if (labels.length > maxLabels) return other(plot, `it has ${labels.length} classes`);
  const at = new Map(labels.map((label, index) => [label, index]));
  const counts = (side: readonly PlotRow[]) => {
    const matrix = labels.map(() => labels.map(() => 0));
    for (const { x, y } of side) {
      const row = matrix[at.get(String(x)) ?? -1];
      const column = at.get(String(y)) ?? -1;
      if (row) row[column] = (row[column] ?? 0) + 1;
    }
    return matrix;
  };
  return {
    kind: 'confusion',
    ...labelsOf(plot),
    labels: labels.map((label) => label.slice(0, 200)),
    ...(plot.before && { before: counts(plot.before) }),
    ...(plot.after && { after: counts(plot.after) }),
  } satisfies Confusion;
}

function labelsOf({ spec, xLabel, yLabel }: PlotData) {
  return {
    title: spec.title.slice(0, 300),
    path: spec.id.slice(0, 1_000),
    x: xLabel.slice(0, 200),
    y: yLabel.slice(0, 200),
  };
}
