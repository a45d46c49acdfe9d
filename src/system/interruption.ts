import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { ExpectedFailure } from '../errors.ts';

/** A closed terminal sends SIGHUP, `kill` and service managers SIGTERM, Ctrl-C SIGINT. */
const stoppingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const interruption = new AbortController();
// All that is under way listens: Node would warn a person of the eleventh.
setMaxListeners(0, interruption.signal);
let listening = false;
let whatNow = 'Start it again to have the rest.';

/** For `untilInterrupted`, of work that runs stages. */
export const stagesKeep = 'Stages that had ended keep their results; run again to go on.';

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP; the reason is an 'interrupted' failure with the
 * exit code for that signal, and `hint`, where one is given, as what to do. A second SIGINT or SIGTERM ends the process at once; SIGHUP comes
 * twice by itself, from the kernel and from the shell.
 */
export function untilInterrupted(hint?: string): AbortSignal {
  whatNow = hint ?? whatNow;
  if (!listening) {
    listening = true;
    for (const name of stoppingSignals) {
      process.on(name, () => {
        if (!interruption.signal.aborted) interruption.abort(stoppedBy(name));
        else if (name !== 'SIGHUP') process.exit(128 + constants.signals[name]);
      });
    }
  }
  return interruption.signal;
}

/**
 * Makes a closed output (`sibling run 2>&1 | head -1`, a terminal that is gone) stop this process
 * as SIGPIPE stops others, where it would end with a stack: at once, or, where work is under way
 * that `untilInterrupted` guards, when that has been stopped.
 */
export function stopWhenOutputCloses(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      if (!listening) process.exit(128 + constants.signals.SIGPIPE);
      if (!interruption.signal.aborted) interruption.abort(stoppedBy('SIGPIPE'));
    });
  }
}

/** The error to report for one that was thrown: the interruption, if that is what lies behind it. */
export function errorBehind(error: unknown): unknown {
  const { aborted, reason } = interruption.signal;
  return aborted && (error as Error | undefined)?.name === 'AbortError' ? reason : error;
}

function stoppedBy(name: NodeJS.Signals): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'interrupted',
    cause: name === 'SIGPIPE' ? 'nobody reads the output any more' : `stopped by ${name}`,
    hint: whatNow,
    exitCode: 128 + constants.signals[name],
  });
}
