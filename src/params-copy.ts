import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { ParamsDep } from './dvc/pipeline.ts';

/**
 * The text of a params file that holds only the declared keys, so that a stage which reads an
 * undeclared one fails instead of depending on it in secret. A Python params file cannot be cut
 * without changing what it means and is given whole, as is a file declared without keys.
 */
export function declaredParams(root: string, params: ParamsDep): string {
  const text = readFileSync(resolve(root, params.path), 'utf8');
  if (params.keys.length === 0) return text;
  switch (extname(params.path)) {
    case '.yaml':
    case '.yml':
      return stringify(selectKeys(parse(text), params.keys));
    case '.json':
      return `${JSON.stringify(selectKeys(JSON.parse(text), params.keys), null, 2)}\n`;
    default:
      return text;
  }
}

/** The part of `value` that the dotted `keys` name. A list is kept whole: its indices have meaning. */
export function selectKeys(value: unknown, keys: readonly string[]): unknown {
  if (!isRecord(value)) return value;
  const selected: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    if (keys.includes(name)) {
      selected[name] = child;
      continue;
    }
    const prefixes = [`${name}.`, `${name}[`];
    const inner = keys
      .filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
      .map((key) => key.slice(name.length + 1));
    if (inner.length > 0) selected[name] = selectKeys(child, inner);
  }
  return selected;
}

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
