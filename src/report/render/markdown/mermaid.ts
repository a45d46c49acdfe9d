import { visible } from '../../../text/markdown-escape.ts';
import type { Curve } from '../../report.ts';

/** Values of one line of a chart; GitHub draws it some 600 pixels wide. */
const gridSize = 33;
/** Grey for the base, blue for the pull request: GitHub's own, seen well on white and black. */
const colours = { before: '#8c959f', after: '#0969da' } as const;

type Line = Curve['series'][number];

/** One chart, with the curve of both revisions; `after` or `before` may be missing. */
export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

/** A plot's charts: one for each of its series, since a chart of Mermaid's has no legend. */
export function chartsOf(curve: Curve): Chart[] {
  const names = [...new Set(curve.series.map(({ name }) => name))];
  return names.map((name) => ({
    title: name === '' ? curve.title : `${curve.title}: ${name}`,
    x: curve.x,
    y: curve.y,
    lines: curve.series.filter((line) => line.name === name),
  }));
}

/**
 * The chart as a fenced `xychart-beta`, undefined for numbers that Mermaid cannot write: it knows no
 * exponents. A line stands for values at even steps of x, so curves are interpolated, gaps too: what has
 * some is for `gapChart`.
 */
export function mermaidChart(chart: Chart): string | undefined {
  const curves = chart.lines.map((line) => ({ ...line, points: line.points.filter(isValue) }));
  const points = curves.flatMap((line) => line.points);
  const [xs, ys] = [rangeOf(points.map(([x]) => x)), rangeOf(points.map(([, y]) => y))];
  if (!xs || !ys) return undefined;
  const config = {
    xyChart: { width: 600, height: 320 },
    themeVariables: {
      xyChart: { plotColorPalette: chart.lines.map(({ side }) => colours[side]).join(', ') },
    },
  };
  const grid = [...Array(gridSize).keys()].map(
    (step) => xs.low + ((xs.high - xs.low) * step) / (gridSize - 1),
  );
  const decimal = decimalsFor(ys.high - ys.low);
  const lines = curves.map((line) => {
    const sorted = line.points.toSorted(([left], [right]) => left - right);
    return `    line [${grid.map((x) => decimal(interpolated(sorted, x))).join(', ')}]`;
  });
  return [
    '```mermaid',
    `%%{init: ${JSON.stringify(config)}}%%`,
    'xychart-beta',
    `    title "${label(chart.title, 80)}"`,
    `    x-axis "${label(chart.x, 40)}" ${axis(xs)}`,
    `    y-axis "${label(chart.y, 40)}" ${axis(ys)}`,
    ...lines,
    '```',
  ].join('\n');
}

function isValue(point: Line['points'][number]): point is [number, number] {
  return point[1] !== null;
}

/** What the colours mean, and where a curve ends before the other. */
export function chartLegend({ lines }: Chart): string {
  const ends = new Set(lines.map(({ points }) => Math.max(...points.map(([x]) => x))));
  const note = ends.size > 1 ? '; the shorter one goes on level' : '';
  const sides = lines.map(({ side }) => (side === 'before' ? 'grey before' : 'blue after'));
  return `${sides.join(', ')}${note}`;
}

/** Only letters, digits and harmless signs: Mermaid has entities, directives and quotes of its own. */
function label(text: string, maxLength: number): string {
  return (
    visible(text, maxLength)
      .replace(/[^\p{L}\p{M}\p{N} .,()/+_:-]/gu, ' ')
      .trim() || ' '
  );
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Undefined when there is nothing between the ends that plain decimals can tell apart. */
function rangeOf(values: readonly number[]): Range | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!Number.isFinite(low) || Math.max(Math.abs(low), Math.abs(high)) > 1e15) return undefined;
  const middle = Math.abs(low + high) / 2;
  if (low === high) return { low: low - (middle || 1) / 2, high: high + (middle || 1) / 2 };
  return high - low < 1e-9 ? undefined : { low, high };
}

function axis({ low, high }: Range): string {
  const decimal = decimalsFor(high - low);
  return `${decimal(low)} --> ${decimal(high)}`;
}

/** Decimals for four significant digits within a range of this size. */
function decimalsFor(size: number): (value: number) => string {
  const decimals = Math.min(13, Math.max(0, 4 - Math.floor(Math.log10(size))));
  return (value) =>
    String(value.toFixed(decimals))
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
}

/** The curve at `x`, level beyond its ends; where it rises upright, its last value. */
function interpolated(sorted: readonly (readonly [number, number])[], x: number): number {
  const next = sorted.findIndex(([at]) => at > x);
  const [x0, y0] = sorted[next === -1 ? sorted.length - 1 : Math.max(0, next - 1)] ?? [0, 0];
  const [x1, y1] = sorted[next === -1 ? sorted.length - 1 : next] ?? [0, 0];
  if (x1 === x0 || x <= x0) return y0;
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
