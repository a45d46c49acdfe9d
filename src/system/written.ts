import type { Writable } from 'node:stream';

/**
 * Resolves when all that was written to a stream so far is out of this process, or never can be.
 * Whoever calls `process.exit()` before loses it: writing to a pipe waits for nobody.
 */
export function written(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
