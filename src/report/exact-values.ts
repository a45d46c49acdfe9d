import { NotUnderstood } from '../dvc/not-understood.ts';
import { parseText } from '../dvc/params-file.ts';
import type { Value } from '../dvc/value.ts';
import { ExpectedFailure } from '../errors.ts';

/**
 * The values of a text as DVC's Python has them: every digit of an int, floats as floats, YAML as
 * ruamel.yaml reads it, keys in their order. The format is that of the file's suffix. Undefined for
 * a text that is none of its format or that only DVC can judge: readers of reports, which are lenient,
 * then say what is wrong with it, or show what they can.
 */
export function exactValues(path: string, text: string): Value | undefined {
  try {
    return parseText(path, text);
  } catch (error) {
    const isForeseen =
      error instanceof ExpectedFailure ||
      error instanceof NotUnderstood ||
      error instanceof RangeError; // nesting beyond the stack
    if (isForeseen) return undefined;
    throw error;
  }
}
