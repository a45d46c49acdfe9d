import { hidden } from './known-secrets.ts';

/**
 * The same data with `***` for what is known to be secret in its texts and names. Done before data
 * become JSON or HTML: there a secret has other forms, and `***` for a number's digits breaks the file.
 */
export function hiddenWithin<T>(value: T): T {
  return shown(value) as T;
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return hidden(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Map)
    return new Map([...value].map(([key, each]) => [shown(key), shown(each)]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [hidden(key), shown(each)]));
}

/** Bytes, dates and the like are none: they stay as they are. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
