import { type LeftOut, mostImportant, rowCount } from '../render/select-rows.ts';
import type { Report } from '../report.ts';
import { withinLimits } from './limits.ts';
import { maxReportLength, parseReport } from './parse.ts';

/** Bytes of a written report: with room for the archive around it, which is read by the same limit. */
const largest = maxReportLength - 48_000;

/**
 * A report as JSON that whoever reads it will take: the least important rows of one that is too large
 * are left out, and a note says how many, and texts and lists that are longer than the schema has them
 * are cut. `limit` is in bytes. Throws 'github' where what comes out would be refused all the same.
 */
export function fitReport(given: Report, limit = largest): string {
  const report = withinLimits(given);
  const whole = JSON.stringify(report);
  if (Buffer.byteLength(whole) <= limit) return checked(whole);
  let [fits, tooMany] = [0, rowCount(report)];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (Buffer.byteLength(withRows(report, middle)) <= limit) fits = middle;
    else tooMany = middle;
  }
  return checked(withRows(report, fits));
}

/** As the one who reads it will. */
function checked(text: string): string {
  parseReport(text, 'the report of this run');
  return text;
}

function withRows(report: Report, count: number): string {
  const { report: shorter, leftOut } = mostImportant(report, count);
  // The first notes are those that matter; the reader's schema takes 50.
  return JSON.stringify({ ...shorter, notes: [noteOn(leftOut), ...shorter.notes.slice(0, 39)] });
}

function noteOn(leftOut: LeftOut): string {
  const parts = Object.entries(leftOut)
    .filter(([, count]) => count > 0)
    .map(([part, count]) => `${count} ${part}`);
  return `The report was too large to hand on and is cut: ${parts.join(', ')} are left out, the least important first.`;
}
