import { parseText } from '../dvc/params/file.ts';
import type { Value } from '../dvc/value.ts';
import { ExpectedFailure } from '../errors.ts';
import { NotUnderstood } from '../text/not-understood.ts';

/** Values, or why DVC does not read them, with lines and columns that count from 1. */
export type ExactValues =
  | { readonly value: Value }
  | {
      readonly refused: {
        readonly cause: string;
        readonly line?: number;
        readonly column?: number;
      };
    };

/**
 * The values of a text as DVC's Python has them: every digit of an int, floats as floats, YAML as
 * ruamel.yaml reads it, keys in their order. The format is that of the file's suffix. Undefined where
 * only DVC can judge: readers of reports, which are lenient, then show what they can.
 */
export function exactValues(path: string, text: string): ExactValues | undefined {
  try {
    return { value: parseText(path, text) };
  } catch (error) {
    if (error instanceof ExpectedFailure) {
      const { cause, place } = error.failure;
      const { line, column } = place ?? {};
      return {
        refused: {
          cause,
          ...(line !== undefined && { line }),
          ...(column !== undefined && { column }),
        },
      };
    }
    // RangeError: nesting beyond the stack.
    if (error instanceof NotUnderstood || error instanceof RangeError) return undefined;
    throw error;
  }
}
