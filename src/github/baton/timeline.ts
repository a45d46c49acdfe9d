import type { StageResults } from './stage-results.ts';

/** When each stage job worked, as a Mermaid gantt chart; empty without jobs. */
export function timeline(jobs: readonly StageResults[]): string {
  if (jobs.length === 0) return '';
  const bars = jobs.map(({ stage, outcome, startedAt, endedAt }) => {
    const name = stage.replace(/[^\w@./ -]/g, '_').replaceAll(':', '_');
    const state = outcome === 'failed' ? 'crit' : outcome === 'ran' ? 'active' : 'done';
    return `  ${name} (${outcome}) :${state}, ${Date.parse(startedAt)}, ${Math.max(Date.parse(endedAt), Date.parse(startedAt) + 1)}`;
  });
  return [
    '```mermaid',
    'gantt',
    '  dateFormat x',
    '  axisFormat %H:%M:%S',
    ...bars,
    '```',
    '',
  ].join('\n');
}
