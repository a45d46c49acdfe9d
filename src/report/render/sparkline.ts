const bars = '▁▂▃▄▅▆▇█';

/** The last `length` numbers as bars between their own minimum and maximum. */
export function sparkline(values: readonly number[], length = 20): string {
  const shown = values.slice(-length);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  return scaledBars(shown, low, high);
}

/** Numbers as bars between two bounds; a blank where there is none. */
export function scaledBars(
  values: readonly (number | undefined)[],
  low: number,
  high: number,
): string {
  // Halves keep the difference of two huge numbers finite.
  const range = high / 2 - low / 2;
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      const share = range === 0 ? 0.5 : (value / 2 - low / 2) / range;
      // Rounding, and the mean of huge numbers, may lie outside.
      const bar = Math.floor(share * bars.length) || 0;
      return bars[Math.max(0, Math.min(bars.length - 1, bar))];
    })
    .join('');
}
