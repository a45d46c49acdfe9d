/** Ten years in milliseconds: whatever is longer is a mistake, or no number at all. */
const longestDuration = 10 * 366 * 24 * 3_600_000;

/** Milliseconds, for what is shorter is none. */
const shortestDuration = 1;

/** A text or number as text. A list of one of them is none: `String` would make the same of it. */
export function asWritten(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `2g`, `512m`, `100k`, or a number of bytes, in exact whole numbers; undefined for anything else. */
export function parseBytes(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(asWritten(value));
  if (!match) return undefined;
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  const bytes = Math.round(Number(match[1]) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `90s`, `10m`, `2h`, `500ms` or a number of seconds, in milliseconds; undefined for anything else. */
export function parseDuration(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(asWritten(value));
  if (!match) return undefined;
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1_000;
  const duration = Number(match[1]) * unit;
  return duration >= shortestDuration && duration <= longestDuration ? duration : undefined;
}
