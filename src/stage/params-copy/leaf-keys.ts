/** Dotted names of every leaf below `value`. */
export function leafKeys(value: unknown, prefix = ''): string[] {
  if (!isRecord(value)) return prefix === '' ? [] : [prefix];
  return Object.entries(value).flatMap(([name, child]) =>
    leafKeys(child, prefix === '' ? name : `${prefix}.${name}`),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
