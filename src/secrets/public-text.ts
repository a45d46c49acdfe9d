import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gitProcess } from '../git/git.ts';
import { readWholeIfAble } from '../system/read-whole.ts';

/** What every project has at its root, as it is now. */
const rootFiles = ['dvc.yaml', 'dvc.lock', 'params.yaml', 'sibling.yaml'];

/** Where a pipeline says its params and results, at whatever depth. */
const committed = ['yaml', 'yml', 'json', 'toml', 'py', 'lock', 'dvc'].map((end) => `*.${end}`);

/**
 * What the project's own files say to everybody who may read it: those of its root, and of all that are
 * committed the lines with one of these values. A stage cannot make a value public by writing it.
 */
export function publicText(root: string, valuesNotIn: (text: string) => readonly string[]): string {
  const known = rootFiles
    .map((file) => readWholeIfAble(join(root, file))?.toString('utf8') ?? '')
    .join('\n');
  const values = valuesNotIn(known).filter((value) => !/[\n\r\0]/.test(value));
  return values.length === 0 ? known : `${known}\n${committedLines(root, values)}`;
}

/** By standard input: what stands in arguments, every user of the machine can read. */
function committedLines(root: string, values: readonly string[]): string {
  const { args, options } = gitProcess(root, [
    ...['grep', '--fixed-strings', '--only-matching', '-h', '-I', '--no-color'],
    ...['-f', '-', 'HEAD', '--', ...committed],
  ]);
  try {
    const input = `${values.join('\n')}\n`;
    const stdio: ['pipe', 'pipe', 'ignore'] = ['pipe', 'pipe', 'ignore'];
    return execFileSync('git', args, { input, stdio, ...options, timeout: 10_000 }).toString();
  } catch {
    // Nothing found, or no repository that may be asked: all of it stays hidden.
    return '';
  }
}
