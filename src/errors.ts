/** A place in a file that an error is about; `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * What went wrong, by who can mend it. Each kind has one exit code (`exitCodes`), so that a script
 * can tell a failed stage from an absent engine.
 */
export type FailureKind =
  | 'stage' // a stage's own command failed, or broke its declaration
  | 'usage' // the command line or an action's inputs
  | 'configuration' // dvc.yaml, params, .env, meta.sibling
  | 'engine' // the container engine: absent, refused, hung, lost
  | 'image' // an image cannot be pulled or built
  | 'dvc' // DVC itself refused
  | 'remote' // the DVC remote: unreachable, refused, incomplete
  | 'credentials' // a user, token or permission is missing or wrong
  | 'tracking' // the MLflow server
  | 'github' // the GitHub API, or the server of the Git repository
  | 'gate' // a metric is worse than its gate allows
  | 'drift' // a generated file differs from what would be generated
  | 'busy' // another run holds the workspace
  | 'reproduction' // a registered model, made again, is another one
  | 'unreproducible' // a registered model cannot be made again here
  | 'uncompared' // the revision to compare with cannot be had
  | 'interrupted'; // SIGINT or SIGTERM

/** An expected failure, as data: `failureText` alone turns it into words for a person. */
export interface Failure {
  readonly kind: FailureKind;
  /** What happened and why, one sentence without a full stop, naming the thing it happened to. */
  readonly cause: string;
  /** What the reader can do about it, imperative; may span lines (a patch to apply). */
  readonly hint: string;
  readonly place?: Place;
  /** Lines that prove the cause: the end of a log, a daemon's answer, a code frame. */
  readonly details?: readonly string[];
  /** Overrides the kind's exit code, for example with a stage's own. */
  readonly exitCode?: number;
}

/** Thrown for every failure that Sibling foresees. Anything else that escapes is a bug. */
export class ExpectedFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.cause, options);
    this.name = 'ExpectedFailure';
    this.failure = failure;
  }
}

/** Exit code of each kind of failure; 0 is success, 70 a bug (an error nobody foresaw). */
export const exitCodes: Readonly<Record<FailureKind, number>> = {
  stage: 1,
  usage: 2,
  configuration: 3,
  engine: 4,
  image: 5,
  dvc: 6,
  remote: 7,
  credentials: 8,
  tracking: 9,
  github: 10,
  gate: 11,
  drift: 12,
  busy: 13,
  reproduction: 14,
  unreproducible: 15,
  uncompared: 16,
  interrupted: 130,
};

/** The exit code of any thrown value. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ExpectedFailure)) return 70;
  return error.failure.exitCode ?? exitCodes[error.failure.kind];
}
