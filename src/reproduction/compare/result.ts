import type { Failure } from '../../errors.ts';
import type { SourceCommit } from '../checkout/find-commit.ts';

/** What was compared with what is registered. */
export type CheckKind =
  | 'model' // the model itself: its hash
  | 'lock' // dvc.lock at the commit against the registry
  | 'dep' // what the model's stage read
  | 'param' // a parameter in dvc.lock at the commit against the params file there
  | 'out' // what any stage made, against dvc.lock at the commit
  | 'metric' // a value of a metrics file against the one at the commit
  | 'registered-metric' // a value against the one that the registry has
  | 'image' // the image of the model's stage
  | 'base-image' // the image beneath it
  | 'stored'; // an object of the DVC remote, or of the cache, against its name

/** One comparison. */
export interface Check {
  readonly kind: CheckKind;
  /** A path, `path: metric`, an image's name. */
  readonly what: string;
  /** The stage that it is of. */
  readonly stage?: string;
  /**
   * `note`: not as registered, or not known, but the model may be the same all the same. It does not
   * count for the verdict.
   */
  readonly state: 'same' | 'differs' | 'note';
  readonly expected: string | number | null;
  readonly found: string | number | null;
  /** Found minus expected: of numbers; of files, in bytes. */
  readonly difference?: number;
  /** What it means, as a sentence without a full stop; absent where the values say it. */
  readonly text?: string;
}

export type ReproductionVerdict = 'identical' | 'differs' | 'cannot';

/** The result of `sibling reproduce`, as `--json` prints it. */
export interface Reproduction {
  /** Of this form of the result. */
  readonly schema: 1;
  readonly model: string;
  /** Null where it was not found. */
  readonly version: number | null;
  readonly commit: string | null;
  /** How the commit was found. */
  readonly commit_from: SourceCommit['from'] | null;
  /** `run`: the stages ran; `pull`: what is stored was looked at. */
  readonly method: 'run' | 'pull';
  readonly verdict: ReproductionVerdict;
  /** Every comparison whose state is not `same`. */
  readonly findings: readonly Check[];
  /** Every comparison that came out the same. */
  readonly same: readonly Check[];
  /** What most likely lies behind the differences, and what could not be looked at. */
  readonly notes: readonly string[];
  /** Why there is no other verdict. */
  readonly cannot: Pick<Failure, 'kind' | 'cause' | 'hint' | 'details'> | null;
  /** Where the checkout is, with --keep. */
  readonly kept: string | null;
  readonly seconds: number;
}

/** Comparisons, and what there is to say of them. */
export interface Compared {
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

/** `cannot` where nothing differs, and the model itself was not compared. */
export function verdictOf(checks: readonly Check[]): ReproductionVerdict {
  if (checks.some(({ state }) => state === 'differs')) return 'differs';
  const isCompared = checks.some(({ kind, state }) => kind === 'model' && state === 'same');
  return isCompared ? 'identical' : 'cannot';
}
