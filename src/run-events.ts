import type { Failure } from './errors.ts';
import type { CollectedOut } from './scratch/collect-outs.ts';

/** What `sibling stage` tells the launcher, which sees only the runner container's output. */
export type RunEvent =
  | {
      readonly type: 'stage-started';
      readonly stage: string;
      readonly image: string;
      readonly imageId: string;
      readonly container: string;
    }
  | {
      readonly type: 'stage-ended';
      readonly stage: string;
      readonly seconds: number;
      readonly outs: readonly CollectedOut[];
      /** Absent when the stage succeeded. */
      readonly failure?: Failure;
      /** The end of the stage's log. */
      readonly logTail: readonly string[];
    };

/**
 * Events travel as lines of the output, marked by a record separator and a secret of the run. A
 * stage cannot forge one: each of its lines gets a prefix before it is printed.
 */
export function encodeEvent(token: string, event: RunEvent): string {
  return `\x1e${token} ${JSON.stringify(event)}`;
}

/** The event in a line of output; undefined for an ordinary line. */
export function decodeEvent(token: string, line: string): RunEvent | undefined {
  const mark = `\x1e${token} `;
  return line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as RunEvent) : undefined;
}
