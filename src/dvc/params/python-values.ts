import { NotUnderstood } from '../../text/not-understood.ts';
import type { ValueMap } from '../value.ts';

let parser: typeof import('./python.ts') | undefined;

/**
 * Loads the Python grammar: few projects need it, and to build its tables takes longer than to read
 * the rest of a small one.
 */
export async function preparePython(): Promise<void> {
  // In the same bundle file, but run only now.
  parser ??= await import('./python.ts');
}

/** See readPythonParams; throws NotUnderstood as long as `preparePython` has not been awaited. */
export function readPythonValues(file: string, text: string): ValueMap {
  if (parser === undefined) throw new NotUnderstood(pythonConstruct(file));
  return parser.readPythonParams(file, text);
}

/** What is told of a Python file while the grammar is not loaded. */
export function pythonConstruct(file: string): string {
  return `the Python file ${file}`;
}
