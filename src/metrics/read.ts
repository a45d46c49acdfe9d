import { parse as parseToml, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import { isLfsPointer, pointerCause } from '../git/lfs/pointer.ts';
import { exactValues } from './exact-values.ts';
import { type FlatValues, flatten, TooMuch } from './flatten.ts';
import { parseLenientJson } from './lenient-json.ts';

export type MetricsFormat = 'json' | 'yaml' | 'toml' | 'py';

/** Why a metrics or params file cannot be read, and where; lines and columns count from 1. */
export interface ReadProblem {
  readonly cause: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a metrics or params file holds, or why it cannot be read. */
export type Reading = { readonly values: FlatValues } | { readonly problem: ReadProblem };

/** A metrics or params file of one revision. */
export interface ReadFile {
  /** Relative to the project root. */
  readonly path: string;
  readonly reading: Reading;
}

/** Characters of a metrics file that are read; one that is longer is data, not metrics. */
export const maxFileLength = 2 ** 20;

/** The format by a file's suffix; any that DVC does not know is YAML, as in dvc/utils/serialize. */
export function formatOf(path: string): MetricsFormat {
  const suffix = /\.(json|toml|py)$/i.exec(path)?.[1]?.toLowerCase();
  return (suffix as MetricsFormat | undefined) ?? 'yaml';
}

/**
 * Reads metrics or params into typed values by dotted key. A file that holds one value and no map has
 * it under the empty key, as in DVC's table; one that holds a list has its items as `[0]`. Numbers
 * keep full precision; NaN and the infinities are read as such. A file that is not of its format, too long, too deep or too rich is a
 * `problem`, not an exception: a report shows it as a row.
 */
export function readMetrics(text: string, format: MetricsFormat): Reading {
  if (text.length > maxFileLength) {
    return {
      problem: { cause: `it has ${text.length} characters, more than the ${maxFileLength} read` },
    };
  }
  if (isLfsPointer(new TextEncoder().encode(text))) return { problem: { cause: pointerCause } };
  const plain = text.replace(/^\ufeff/, '');
  const exact = exactValues(`values.${format}`, plain);
  const parsed = exact && 'value' in exact ? { root: exact.value } : parsers[format](plain);
  if ('problem' in parsed) return parsed;
  if (exact && 'refused' in exact) return { problem: exact.refused };
  const { root } = parsed;
  if (root === null || root === undefined) return { values: new Map() };
  try {
    return { values: flatten(root) };
  } catch (error) {
    if (error instanceof TooMuch) return { problem: { cause: error.message } };
    throw error;
  }
}

/** What is left for these is to say what is wrong, or to show what `exactValues` does not know. */
type Parsed = { readonly root: unknown } | { readonly problem: ReadProblem };

const parsers: Readonly<Record<MetricsFormat, (text: string) => Parsed>> = {
  json: (text) => {
    try {
      const parsed = parseLenientJson(text);
      if ('value' in parsed) return { root: parsed.value };
      const { cause, offset } = parsed.error;
      return { problem: { cause: `not valid JSON: ${cause}`, ...placeOf(text, offset) } };
    } catch (error) {
      if (error instanceof RangeError) return { problem: tooDeep };
      throw error;
    }
  },

  yaml: (text) => {
    const lines = new LineCounter();
    try {
      const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true });
      const [error] = document.errors;
      if (error) {
        const { line, col } = lines.linePos(error.pos[0]);
        const cause = error.message.split('\n')[0]?.replace(/ at line \d+.*$/, '');
        return { problem: { cause: `not valid YAML: ${cause}`, line, column: col } };
      }
      return { root: document.toJS({ mapAsMap: true }) };
    } catch (error) {
      // Aliases that expand without bound (ReferenceError), nesting beyond the stack (RangeError).
      if (error instanceof ReferenceError) return { problem: { cause: error.message } };
      if (error instanceof RangeError) return { problem: tooDeep };
      throw error;
    }
  },

  py: () => ({ problem: { cause: 'not valid Python, or only DVC can read it' } }),

  toml: (text) => {
    try {
      return { root: parseToml(text, { integersAsBigInt: true }) };
    } catch (error) {
      if (error instanceof RangeError) return { problem: tooDeep };
      if (!(error instanceof TomlError)) throw error;
      const cause = error.message.split('\n')[0]?.replace('Invalid TOML document: ', '');
      return {
        problem: { cause: `not valid TOML: ${cause}`, line: error.line, column: error.column },
      };
    }
  },
};

const tooDeep: ReadProblem = { cause: 'it is nested too deeply' };

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
