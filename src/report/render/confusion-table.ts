import type { Confusion } from '../report.ts';
import type { Format } from './format.ts';

/** Counts by both labels in one table, `9 → 10` where the revisions differ. */
export function confusionTable(format: Format, plot: Confusion): string {
  const { labels, before, after } = plot;
  const corner = `${format.cell(plot.x, 40)} ↓ ${format.cell(plot.y, 40)} →`;
  const rows = labels.map((label, row) => [
    format.cell(label, 30),
    ...labels.map((_, column) => {
      const cell = changeText(before?.[row]?.[column], after?.[row]?.[column]);
      return row === column ? format.strong(cell) : cell;
    }),
  ]);
  const columns = [corner, ...labels.map((label) => format.cell(label, 30))];
  return format.table(columns, rows, labels.length);
}

function changeText(before: number | undefined, after: number | undefined): string {
  if (before === undefined || before === after) return String(after ?? '');
  return `${before} → ${after ?? ''}`;
}
