/** Thrown where a params file cannot be cut without a doubt: it is given whole. */
export class CannotCut extends Error {
  /** Why, as the end of a sentence: `it is not a mapping`. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.name = 'CannotCut';
    this.reason = reason;
  }
}
