import { lstatSync } from 'node:fs';
import { ExpectedFailure } from '../errors.ts';
import { readWhole, whyUnreadable } from './read-whole.ts';

const absent = ['ENOENT', 'ENOTDIR'];

/**
 * The bytes of a file that need not be there, none where it is not. Throws 'configuration' for what
 * nobody can read as a file, which DVC would end with, or wait for without end.
 */
export function readIfThere(path: string, shown: string = path, mayBeLink = true): Buffer {
  try {
    // Mostly it is not there: to ask is quicker than an error, of which there is one for each folder.
    if (!lstatSync(path, { throwIfNoEntry: false })) return Buffer.alloc(0);
    return readWhole(path, { mayBeLink });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (absent.includes(code) || (!mayBeLink && code === 'ELOOP')) return Buffer.alloc(0);
    throw new ExpectedFailure(
      {
        kind: 'configuration',
        cause: `${shown} ${whyUnreadable(error)}`,
        hint: 'Make it a text file that you may read, or remove it.',
        place: { file: shown },
      },
      { cause: error },
    );
  }
}
