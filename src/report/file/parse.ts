import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';
import type { Past } from '../../metrics/judge.ts';
import { metricRow } from '../compare/metrics.ts';
import { type MetricRow, type Report, reportSchema } from '../report.ts';

/** Characters of a report that are read from an artifact; a larger one is not ours. */
export const maxReportLength = 2 ** 20;

/**
 * Reads a report that came from elsewhere, perhaps from a fork: size first, then JSON, then the
 * schema, in which an unknown field is an error. What follows from values and gates (verdict,
 * differences, importance) is computed anew, so that it cannot contradict them. Text in it stays
 * untrusted: only the renderers make it harmless. Throws 'github'; `place` names it in the message.
 */
export function parseReport(text: string, place: string): Report {
  if (text.length > maxReportLength) {
    throw refused(place, `it has ${text.length} characters, more than ${maxReportLength}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refused(place, 'it is not JSON');
  }
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version !== 1) {
    throw refused(place, `it is of version ${version}, and this reads version 1`);
  }
  const parsed = v.safeParse(reportSchema, json, { abortEarly: true });
  if (!parsed.success) throw refused(place, issueText(parsed.issues[0]));
  const pastOf = pastIn(parsed.output);
  const unread = unreadIn(parsed.output, 'after');
  const judgedAnew = (row: MetricRow) => rowAnew(row, pastOf(row.file), !unread.has(row.file));
  return { ...parsed.output, metrics: parsed.output.metrics.map(judgedAnew) };
}

/** Whether the values before are known, as the report itself says it. */
function pastIn(report: Report): (file: string) => Past {
  const { base } = report;
  const unread = unreadIn(report, 'before');
  const past = base.found ? 'known' : base.missing === 'unavailable' ? 'unknown' : 'none';
  return (file) => (unread.has(file) ? 'unknown' : past);
}

/** The files that could not be read on one side. */
function unreadIn({ metrics }: Report, side: 'before' | 'after'): ReadonlySet<string> {
  return new Set(metrics.flatMap(({ file, problem }) => (problem?.side === side ? file : [])));
}

function rowAnew(row: MetricRow, past: Past, isRead: boolean): MetricRow {
  if (row.verdict === 'unreadable') return row;
  const anew = metricRow(row.file, row.key, row.before, row.after, row.gate, past, isRead);
  return row.renamedFrom ? { ...anew, renamedFrom: row.renamedFrom } : anew;
}

/** The field by its path; its content is not quoted, since it is not trusted. */
function issueText(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the report';
  const expected = issue.expected ?? issue.requirement ?? issue.type;
  const known = /^[\w.]{1,100}$/.test(path) ? path : 'a field';
  return `${known} is not as expected (${String(expected).slice(0, 100)})`;
}

function refused(place: string, cause: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'github',
    cause: `the report is refused: ${cause}`,
    hint: 'Let the same version of Sibling write and read it; a changed file is never shown.',
    place: { file: place },
  });
}
