import { constants } from 'node:os';

/**
 * A failed container's exit code in words. A code above 128 means a signal only where there is one
 * of that number: 255, which many programs give for any error, does not.
 */
export function howItEnded(code: number): string {
  const [name] =
    Object.entries(constants.signals).find(([, number]) => number === code - 128) ?? [];
  if (name === undefined) return `failed with exit code ${code}`;
  return `was ended by signal ${code - 128} (${name}) with exit code ${code}`;
}
