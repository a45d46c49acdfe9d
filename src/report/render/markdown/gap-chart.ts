import { distinctTexts } from '../../../metrics/number-text.ts';
import { visible } from '../../../text/markdown-escape.ts';
import { scaledBars } from '../sparkline.ts';
import type { Chart } from './mermaid.ts';

type Point = Chart['lines'][number]['points'][number];

/** Columns of the chart: what a narrow page shows in one line. */
const columns = 60;

/** Whether a curve lacks a value somewhere. A chart of Mermaid's cannot leave a place free. */
export function hasGaps({ lines }: Chart): boolean {
  return lines.some(({ points }) => points.some(([, y]) => y === null));
}

/** The chart as a fenced text: a row of bars for each revision, with nothing where there is no value. */
export function gapChart({ title, x, y, lines }: Chart): string | undefined {
  const points = lines.flatMap((line) => line.points);
  const xs = points.map(([at]) => at);
  const ys = points.flatMap(([, value]) => (value === null ? [] : [value]));
  if (ys.length === 0) return undefined;
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const [from, to, bottom, top] = [
    ...distinctTexts([left, right]),
    ...distinctTexts([low, high]),
  ].map((text) => text ?? '');
  const rows = lines.map(
    (line) =>
      `${line.side.padEnd(6)} |${scaledBars(columnsOf(line.points, left, right), low, high)}|`,
  );
  const words = (text: string) => visible(text, 80).replaceAll('`', "'");
  return [
    '```text',
    words(title),
    ...rows,
    `${words(x)}: ${from} to ${to}; ${words(y)}: ${bottom} to ${top}; blank: no value`,
    '```',
  ].join('\n');
}

/** The mean of each column; where it has no row, the straight line between two rows that have values. */
function columnsOf(points: readonly Point[], left: number, right: number): (number | undefined)[] {
  const sorted = points.toSorted(([one], [other]) => one - other);
  // Halves keep the difference of two huge numbers finite.
  const range = right / 2 - left / 2;
  const at = (x: number) => {
    const share = range === 0 ? 0 : (x / 2 - left / 2) / range;
    return Math.min(columns - 1, Math.floor(share * columns));
  };
  const sums = Array.from({ length: columns }, () => ({ sum: 0, count: 0 }));
  for (const [x, y] of sorted) {
    const column = sums[at(x)];
    if (column && y !== null) {
      column.sum += y;
      column.count++;
    }
  }
  const values = sums.map(({ sum, count }) => (count > 0 ? sum / count : undefined));
  for (const [index, [x, y]] of sorted.entries()) {
    const [nextX, nextY] = sorted[index + 1] ?? [x, null];
    if (y === null || nextY === null) continue;
    const [first, last] = [at(x), at(nextX)];
    for (let column = first + 1; column < last; column++) {
      values[column] = y + ((nextY - y) * (column - first)) / (last - first);
    }
  }
  return values;
}
