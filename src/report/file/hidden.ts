import { hiddenRecord, hiddenWithin, type OwnFields } from '../../secrets/hidden-within.ts';
import type { PlotData, PlotRow } from '../plots/read.ts';
import type { Report } from '../report.ts';

/**
 * Words and hashes of the schema, links of ours, and the pipeline's name: by that a comment is found
 * again, also by a job that has no secrets.
 */
const own: OwnFields = new Set([
  ...['pipeline', 'links', 'commit', 'hash', 'digest', 'exact', 'found', 'missing', 'outcome'],
  ...['kind', 'type', 'side', 'verdict', 'change', 'better', 'level'],
]);

/** The report without what is known to be secret. */
export function hiddenReport(report: Report, hide?: (text: string) => string): Report {
  return hiddenWithin(report, own, hide);
}

/** The same for what the report page draws: a template is named, and a column is called alike in all rows. */
export function hiddenPlot({ spec, before, after, ...plot }: PlotData): PlotData {
  return {
    ...hiddenWithin(plot),
    spec: hiddenWithin(spec, new Set(['template'])),
    ...(before && { before: before.map(hiddenRow) }),
    ...(after && { after: after.map(hiddenRow) }),
  };
}

function hiddenRow({ point, ...row }: PlotRow): PlotRow {
  return { ...hiddenWithin(row), point: hiddenRecord(point) };
}
