import { linesOf } from './kept-regions.ts';

/**
 * The lines of a workflow that are not in the one that takes its place, each once: what somebody wrote
 * outside of the regions is among them.
 */
export function replacedLines(before: string, after: string): string[] {
  const there = new Set(linesOf(after));
  return [...new Set(linesOf(before).filter((line) => line.trim() !== '' && !there.has(line)))];
}
