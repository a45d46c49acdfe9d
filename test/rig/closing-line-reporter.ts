import { writeSync } from 'node:fs';

/** The counts of jest's aggregated result that the closing line needs. */
interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * A jest reporter that ends a run with `N passed, N failed` (and `, N skipped` if any) alone on a
 * line, for people and for programs that read the last line.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts: unknown, results: Counts): void {
    // jest's own summary comes after every other reporter: only the process's end is later.
    process.once('exit', () => writeSync(1, `${closingLine(results)}\n`));
  }
}

/** The last line of a run. A test file that cannot even be loaded counts as one failed test. */
export function closingLine(results: Counts): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const line = `${results.numPassedTests} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
