import { moments } from './moments.ts';
import type { Try } from './try.ts';

/** Tries as a Markdown table: fault × moment, with what became of the runs. */
export function faultTable(tries: readonly Try[]): string {
  const names = [...new Set(tries.map(({ fault }) => fault))];
  const head = ['fault', ...moments, 'succeeded', 'failed and said so', 'violations'];
  const rows = names.map((name) => {
    const own = tries.filter(({ fault }) => fault === name);
    const succeeded = own.filter(({ code }) => code === 0).length;
    return [
      name,
      ...moments.map((moment) => momentCell(own.filter((each) => each.moment === moment))),
      String(succeeded),
      String(own.length - succeeded),
      String(own.filter(({ violations }) => violations.length > 0).length),
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Exit codes by how often they came, such as `3×130, 1×0`. */
function momentCell(tries: readonly Try[]): string {
  if (tries.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { code } of tries) {
    const key = String(code ?? 'killed');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => `${count}×${code}`).join(', ');
}

/** One line that says it all. */
export function faultSummary(tries: readonly Try[]): string {
  const violated = tries.filter(({ violations }) => violations.length > 0).length;
  const struck = tries.filter((each) => each.struck).length;
  const seconds = tries.reduce((sum, each) => sum + each.seconds, 0);
  const kinds = new Set(tries.map(({ fault }) => fault)).size;
  return `${kinds} faults, ${tries.length} tries (${struck} struck), ${violated} with a violation, ${(seconds / Math.max(1, tries.length)).toFixed(1)} s a try`;
}
