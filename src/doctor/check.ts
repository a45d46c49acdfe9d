import type { Failure, FailureKind, Place } from '../errors.ts';

/** Something that `sibling doctor` looks at, and what has to be known before. */
export interface Check<T = unknown> {
  /** Never changes: scripts know a check by it. */
  readonly name: string;
  /** Who can mend it when the check itself gives no answer in time. */
  readonly kind: FailureKind;
  /** Checks whose values this one asks for; without them it is skipped. */
  readonly needs: readonly Check[];
  /** Milliseconds that it may take. */
  readonly deadline: number;
  /** Whether it makes something that it removes, so that it is to be waited for when it is stopped. */
  readonly cleansUp?: boolean;
  /**
   * Looks, and says what it found. What it throws is its failure, and nobody else's. After `signal`
   * nobody waits for the answer: it removes what it has made.
   */
  readonly look: (given: Given, signal: AbortSignal) => Finding<T> | Promise<Finding<T>>;
}

/** The value that one of the needed checks has found. */
export type Given = <T>(check: Check<T>) => T;

/** What a check found. Other checks get the value of what is ok or a warning. */
export type Finding<T = unknown> =
  | { readonly state: 'ok'; readonly text: string; readonly value: T }
  | {
      readonly state: 'warning';
      /** One sentence without a full stop. */
      readonly text: string;
      readonly hint: string;
      readonly place?: Place;
      readonly value: T;
    }
  | { readonly state: 'failure'; readonly failure: Failure }
  /** There is nothing to look at: `needs` says what it would take, after "needs". */
  | { readonly state: 'skipped'; readonly needs: string };

/** How a check ended, as `--json` prints it (docs/DOCTOR.md). */
export interface CheckResult {
  readonly name: string;
  readonly state: Finding['state'];
  /** What was found; of a failure the cause; of a skipped check what it needs. */
  readonly text: string;
  readonly hint?: string;
  readonly place?: Place;
  /** Of a failure: its kind, and the exit code that this gives `sibling doctor`. */
  readonly kind?: FailureKind;
  readonly exitCode: number;
  readonly seconds: number;
}

/** One of several things that a check may find wrong. */
export interface Trouble {
  readonly state: 'warning' | 'failure';
  readonly text: string;
  readonly hint: string;
  readonly place?: Place;
}

/** All troubles as one finding, as bad as the worst of them; ok where there are none. */
export function judged<T>(
  troubles: readonly Trouble[],
  fine: { readonly text: string; readonly value: T; readonly kind: FailureKind },
): Finding<T> {
  // What fails comes first: it is what to mend first.
  const sorted = [...troubles].sort(
    (a, b) => Number(a.state > b.state) - Number(a.state < b.state),
  );
  const [worst] = sorted;
  if (worst === undefined) return { state: 'ok', text: fine.text, value: fine.value };
  const text = sorted.map((trouble) => trouble.text).join('; ');
  const hint = [...new Set(sorted.map((trouble) => trouble.hint))].join(' ');
  const place = worst.place && { place: worst.place };
  if (worst.state === 'warning') {
    return { state: 'warning', text, hint, ...place, value: fine.value };
  }
  return { state: 'failure', failure: { kind: fine.kind, cause: text, hint, ...place } };
}
