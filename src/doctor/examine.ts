import { defaultMaxListeners, setMaxListeners } from 'node:events';
import { ExpectedFailure, exitCodes, type Failure } from '../errors.ts';
import type { Check, CheckResult, Finding, Given } from './check.ts';

export interface Examination {
  readonly signal: AbortSignal;
  /** Called for each result in the order of the checks, as soon as those before it are there. */
  readonly onResult?: (result: CheckResult) => void;
}

/** How long checks that ran out of time may take to clean up, in milliseconds. */
const cleanUpDeadline = 8_000;

/**
 * Looks at everything at once, as far as one check does not need another, and gives a result for
 * every check in their order. Throws the signal's reason when it is aborted, once the checks have
 * cleaned up.
 */
export async function examine(
  checks: readonly Check[],
  { signal, onResult }: Examination,
): Promise<readonly CheckResult[]> {
  const outcomes = new Map<Check, Promise<Outcome>>();
  const looks: Promise<unknown>[] = [];
  const outcomeOf = (check: Check): Promise<Outcome> => {
    const outcome = outcomes.get(check) ?? outcomeWithNeeds(check);
    outcomes.set(check, outcome);
    return outcome;
  };
  const outcomeWithNeeds = async (check: Check): Promise<Outcome> => {
    const needed = await Promise.all(
      check.needs.map(async (need) => [need, await outcomeOf(need)] as const),
    );
    const values = new Map<Check, unknown>();
    for (const [need, { finding }] of needed) {
      if (finding.state === 'failure') return unasked(`${need.name}, which failed`);
      if (finding.state === 'skipped') return unasked(finding.needs);
      values.set(need, finding.value);
    }
    const given: Given = <T>(need: Check<T>) => values.get(need) as T;
    return lookInTime(check, given, signal, looks);
  };

  // Each check that looks listens to it.
  setMaxListeners(checks.length + defaultMaxListeners, signal);
  for (const check of checks) void outcomeOf(check);
  const results: CheckResult[] = [];
  for (const check of checks) {
    const outcome = await outcomeOf(check);
    if (signal.aborted) break;
    const result = resultOf(check, outcome);
    results.push(result);
    onResult?.(result);
  }
  await settledWithin(looks, cleanUpDeadline);
  signal.throwIfAborted();
  return results;
}

interface Outcome {
  readonly finding: Finding;
  readonly seconds: number;
  /** Nobody foresaw what was thrown: a bug. */
  readonly isBug?: boolean;
}

function unasked(needs: string): Outcome {
  return { finding: { state: 'skipped', needs }, seconds: 0 };
}

async function lookInTime(
  check: Check,
  given: Given,
  signal: AbortSignal,
  looks: Promise<unknown>[],
): Promise<Outcome> {
  const begun = performance.now();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(tooLate(check)), check.deadline);
  const stop = () => controller.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ended = new Promise<never>((_, reject) => {
    const fail = () => reject(controller.signal.reason);
    if (controller.signal.aborted) fail();
    controller.signal.addEventListener('abort', fail, { once: true });
  });
  try {
    const look = Promise.resolve().then(() => check.look(given, controller.signal));
    if (check.cleansUp) looks.push(look);
    look.catch(() => undefined);
    const finding = await Promise.race([look, ended]);
    return { finding, seconds: secondsSince(begun) };
  } catch (error) {
    const isBug = !(error instanceof ExpectedFailure) && !isOfSystem(error);
    const failure =
      error instanceof ExpectedFailure ? error.failure : unforeseen(check, error, isBug);
    return { finding: { state: 'failure', failure }, seconds: secondsSince(begun), isBug };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function tooLate({ name, kind, deadline }: Check): ExpectedFailure {
  return new ExpectedFailure({
    kind,
    cause: `${name} gave no answer within ${deadline / 1000} s`,
    hint: 'Something hangs there, or is far too slow: look at it, and at the network on the way.',
  });
}

/** The operating system or the engine refused something: that is no bug, whatever it was. */
function isOfSystem(error: unknown): boolean {
  const { code, statusCode } = Object(error) as { code?: unknown; statusCode?: unknown };
  return typeof statusCode === 'number' || (typeof code === 'string' && /^E[A-Z]+$/.test(code));
}

function unforeseen({ name, kind }: Check, error: unknown, isBug: boolean): Failure {
  const text = error instanceof Error ? error.message.trim() : String(error);
  if (isBug) {
    return {
      kind,
      cause: `unexpected: ${text}`,
      hint: 'This is a bug in Sibling: please report it.',
    };
  }
  return {
    kind,
    cause: `${name} could not be looked at: ${text}`,
    hint: 'Mend that, then look again.',
  };
}

function resultOf({ name }: Check, { finding, seconds, isBug = false }: Outcome): CheckResult {
  const common = { name, state: finding.state, exitCode: 0, seconds };
  switch (finding.state) {
    case 'ok':
      return { ...common, text: finding.text };
    case 'warning': {
      const { text, hint, place } = finding;
      return { ...common, text, hint, ...(place && { place }) };
    }
    case 'skipped':
      return { ...common, text: `needs ${finding.needs}` };
    case 'failure': {
      const { kind, cause, hint, place, details, exitCode = exitCodes[kind] } = finding.failure;
      const code = isBug ? 70 : exitCode;
      const text = details?.length ? `${cause} (${details.at(-1)})` : cause;
      return { ...common, text, hint, ...(place && { place }), kind, exitCode: code };
    }
  }
}

/** The exit code of the first check that failed; 0 when none did. */
export function exitCodeOfResults(results: readonly CheckResult[]): number {
  return results.find(({ state }) => state === 'failure')?.exitCode ?? 0;
}

async function settledWithin(work: readonly Promise<unknown>[], milliseconds: number) {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([Promise.allSettled(work), patience]);
  clearTimeout(timer);
}

function secondsSince(begun: number): number {
  return Math.round(performance.now() - begun) / 1000;
}
