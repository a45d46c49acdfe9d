import * as v from 'valibot';
import { longestAddress, type Report, reportSchema } from '../report.ts';

/** What ends a text that was cut. */
const cut = '… (cut)';

/**
 * The report with each text and list no longer than its schema has it: branches of the code that fill it
 * have limits of their own. A text that was cut says so; a list that was cut is told by a note.
 */
export function withinLimits(report: Report): Report {
  // A shortened address would lead elsewhere.
  const links = report.links.filter(({ url }) => url.length <= longestAddress);
  let shorter: unknown = { ...report, links };
  const lists = new Map<string, number>();
  // Each round mends all that the schema finds too long; one list may hide what is wrong in its items.
  for (let round = 0; round < 5; round++) {
    const { issues = [] } = v.safeParse(reportSchema, shorter);
    const long = issues.filter(({ type }) => type === 'max_length');
    if (long.length === 0) break;
    shorter = structuredClone(shorter);
    for (const issue of long) {
      const keys = (issue.path ?? []).map(({ key }) => key as PropertyKey);
      const most = Number(issue.requirement);
      const value = valueAt(shorter, keys);
      if (typeof value === 'string') setAt(shorter, keys, shortened(value, most));
      if (Array.isArray(value)) {
        const name = keys.filter((key) => typeof key === 'string').join('.');
        lists.set(name, (lists.get(name) ?? 0) + value.length - most);
        setAt(shorter, keys, value.slice(0, most));
      }
    }
  }
  if (lists.size === 0) return shorter as Report;
  const counts = [...lists].map(([name, count]) => `${count} of ${name}`).join(', ');
  const { notes } = shorter as Report;
  const note = `The report has no room for all: ${counts} are left out.`.slice(0, 1_000);
  return { ...(shorter as Report), notes: [note, ...notes.slice(0, 49)] };
}

function shortened(text: string, most: number): string {
  const kept = text.slice(0, Math.max(0, most - cut.length)).replace(/[\ud800-\udbff]$/, '');
  return `${kept}${cut}`.slice(0, most);
}

function valueAt(root: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((at, key) => Object(at)[key], root);
}

function setAt(root: unknown, keys: readonly PropertyKey[], value: unknown): void {
  const last = keys.at(-1);
  if (last !== undefined) Object(valueAt(root, keys.slice(0, -1)))[last] = value;
}
