import { readFileSync } from 'node:fs';
import { hidden, printAsItIs } from '../../secrets/known.ts';
import { encodeEvent, hiddenIn, type RunEvent } from '../progress/events.ts';

/** What the runner hands to `sibling stage` in a private file (dvc-runner/reproduce/stage_calls.py). */
export interface StageCall {
  /** What DVC calls the stage. */
  readonly stage: string;
  /** The cmd that DVC has read, and will note in dvc.lock. */
  readonly cmd: string | readonly string[];
  /** Marks events; empty where nobody listens. */
  readonly events: string;
}

/** How this process was called by the runner; undefined when a person, or DVC on a host, called it. */
export function readStageCall(env: NodeJS.ProcessEnv): StageCall | undefined {
  const path = env.SIBLING_STAGE_CALL;
  return path ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/**
 * Tells the launcher; its standard output is the runner's, for no shell stands between. Secrets are taken
 * out of each text: in a line of JSON, which may be cut, there would be no telling where one ends.
 */
export function tellLauncher(call: StageCall | undefined, event: RunEvent): void {
  if (!call?.events) return;
  printAsItIs(`${encodeEvent(call.events, hiddenIn(event, hidden)).join('\n')}\n`);
}
