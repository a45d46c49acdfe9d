const bars = '▁▂▃▄▅▆▇█';

/** The last `length` numbers as bars between their own minimum and maximum. */
export function sparkline(values: readonly number[], length = 20): string {
  const shown = values.slice(-length);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  // Halves keep the difference of two huge numbers finite.
  const range = high / 2 - low / 2;
  return shown
    .map((value) => (range === 0 ? 0.5 : (value / 2 - low / 2) / range))
    .map((share) => bars[Math.min(bars.length - 1, Math.floor(share * bars.length))])
    .join('');
}
