import type { OutputLines } from '../container/log-lines.ts';

/**
 * Prints a stage's lines with a prefix, on the streams that they came from, or all on one, where
 * whoever reads both could not tell their order. Resolves when they are
 * written: a slow reader slows the container down.
 */
export async function printStageOutput(
  { stream, lines }: OutputLines,
  prefix: string,
  streams: 'two' | 'one',
): Promise<void> {
  const target = streams === 'one' || stream === 'stdout' ? process.stdout : process.stderr;
  const text = lines.map((line) => `${prefix} ${line}\n`).join('');
  // Called also when the output has been closed, where a drain would never come.
  await new Promise((resolve) => target.write(text, resolve));
}
