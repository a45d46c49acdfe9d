import levenshtein from 'fastest-levenshtein';

/**
 * The candidate that a mistyped word most likely meant, undefined when even the nearest one differs
 * in more than a third of its letters.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = levenshtein.closest(word, candidates);
  const allowed = Math.max(1, Math.ceil(best.length / 3));
  return levenshtein.distance(word, best) <= allowed ? best : undefined;
}
