import { keyText, Opaque, type ValueMap } from '../dvc/value.ts';
import { boundedKey, digestOf, type ListSummary, scalarValue, type Value } from './value.ts';

/** The values of one metrics or params file by dotted key, in the order of the file. */
export type FlatValues = ReadonlyMap<string, Value>;

/** A list of scalars up to this length is shown value by value, `key[0]`, `key[1]`…. */
export const longestIndexedList = 10;
export const maxValues = 10_000;
const maxDepth = 50;

/** Thrown for a file that is nested deeper, or holds more values, than a report can show. */
export class TooMuch extends Error {}

/**
 * Parsed YAML, JSON or TOML as one flat map. Nested keys join with dots: a key that has dots of its
 * own (`mAP@0.5`) stays as written, and is put in quotes only where it would hide another one.
 */
export function flatten(root: unknown): FlatValues {
  const flat = new Map<string, Value>();
  const add = (key: string, value: Value) => {
    let name = boundedKey(key);
    while (flat.has(name)) name = `"${name}"`;
    flat.set(name, value);
    if (flat.size > maxValues) throw new TooMuch(`it holds more than ${maxValues} values`);
  };
  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > maxDepth) throw new TooMuch(`it is nested deeper than ${maxDepth} levels`);
    if (Array.isArray(value)) {
      if (value.length > longestIndexedList) add(key, summary(value));
      else if (value.length === 0) add(key, summary([]));
      else for (const [index, item] of value.entries()) walk(item, `${key}[${index}]`, depth + 1);
    } else if (isMap(value)) {
      for (const [name, child] of entriesOf(value)) {
        walk(child, key === '' ? name : `${key}.${name}`, depth + 1);
      }
    } else {
      add(key, scalarValue(value));
    }
  };
  walk(root, '', 0);
  return flat;
}

type MapLike = ValueMap | Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is MapLike {
  const isOther = value instanceof Date || value instanceof Opaque;
  return typeof value === 'object' && value !== null && !isOther;
}

/** Keys as Python's `str` has them, as in DVC's tables: `1.0`, `True`. */
function entriesOf(map: MapLike): (readonly [string, unknown])[] {
  return map instanceof Map
    ? [...map].map(([key, value]) => [keyText(key), value] as const)
    : Object.entries(map);
}

function summary(items: readonly unknown[]): ListSummary {
  const numbers = items
    .map((item) => (typeof item === 'bigint' ? Number(item) : item))
    .filter((item) => typeof item === 'number')
    .filter(Number.isFinite);
  const text = JSON.stringify(items, (_, item) =>
    typeof item === 'bigint' || typeof item === 'number'
      ? String(item)
      : item instanceof Map
        ? entriesOf(item)
        : item,
  );
  const list = { type: 'list', length: items.length, digest: digestOf(text) } as const;
  const [first] = numbers;
  const last = numbers.at(-1);
  if (numbers.length < items.length || first === undefined || last === undefined) return list;
  let [min, max] = [first, first];
  for (const number of numbers) {
    min = Math.min(min, number);
    max = Math.max(max, number);
  }
  return { ...list, first, last, min, max };
}
