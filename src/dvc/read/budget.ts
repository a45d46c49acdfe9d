import { NotUnderstood } from '../../text/not-understood.ts';

/** A value of a stage counts as much as this many characters. */
const valueSize = 20;

const maxSize = 20_000_000;

/**
 * How much of a pipeline may still be written out. A short dvc.yaml can stand for any number of
 * stages and values, by aliases, `foreach` and `matrix`; beyond a million values it is left to DVC.
 */
export class Budget {
  private left = maxSize;

  /** Throws NotUnderstood once too much was taken. */
  take(values: number, characters = 0): void {
    this.left -= values * valueSize + characters;
    if (this.left < 0) throw new NotUnderstood('a pipeline of more than a million values');
  }
}
