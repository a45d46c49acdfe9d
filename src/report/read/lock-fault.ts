import { parseLock } from '../../dvc/lock/lock.ts';
import { ExpectedFailure } from '../../errors.ts';
import { NotUnderstood } from '../../text/not-understood.ts';

/**
 * What DVC would refuse in a dvc.lock from which a report still reads what it can, with its place;
 * undefined for one that DVC takes, or that only DVC can judge.
 */
export function lockFault(path: string, text: string): string | undefined {
  try {
    parseLock(path, text);
    return undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    if (!(error instanceof ExpectedFailure)) throw error;
    const { cause, place } = error.failure;
    const where = place?.line === undefined ? path : `${path}:${place.line}`;
    return `${where} is not as DVC wants it: ${cause}`;
  }
}
