import type { Place } from '../errors.ts';

/**
 * Thrown inside the reader for something that DVC may well accept but that this reader does not
 * work with. It never leaves `src/dvc`: the public functions turn it into the answer "ask DVC".
 */
export class NotUnderstood extends Error {
  /** What it is, with its article, so that "… is not read here" makes a sentence. */
  readonly construct: string;
  readonly place: Place | undefined;

  constructor(construct: string, place?: Place) {
    super(construct);
    this.name = 'NotUnderstood';
    this.construct = construct;
    this.place = place;
  }
}
