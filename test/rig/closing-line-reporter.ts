import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';

/** The counts of jest's aggregated result that the closing line needs. */
export interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const names = [
  ...(['numPassedTests', 'numFailedTests', 'numPendingTests', 'numTodoTests'] as const),
  'numRuntimeErrorTestSuites' as const,
];

/**
 * A jest reporter that ends a run with `N passed, N failed` (and `, N skipped` if any) alone on a
 * line, for people and for programs that read the last line. Runs of jest that are given one file by
 * TEST_COUNTS_FILE count together.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts: unknown, results: Counts): void {
    const file = process.env.TEST_COUNTS_FILE;
    const earlier = file && existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (file) appendFileSync(file, `${JSON.stringify(results, [...names])}\n`);
    // jest's own summary comes after every other reporter: only the process's end is later.
    process.once('exit', () => writeSync(1, `${closingLine(withEarlier(results, earlier))}\n`));
  }
}

/** The sum of these counts and of earlier ones, a line of JSON for each run. */
export function withEarlier(results: Counts, earlier: string): Counts {
  const runs = earlier.split('\n').filter(Boolean);
  const all = [...runs.map((line) => JSON.parse(line) as Counts), results];
  const sum = (name: keyof Counts) => all.reduce((total, run) => total + run[name], 0);
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as unknown as Counts;
}

/** The last line of a run. A test file that cannot even be loaded counts as one failed test. */
export function closingLine(results: Counts): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const line = `${results.numPassedTests} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
