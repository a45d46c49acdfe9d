import { isList, isMap, keyText, Opaque, type Value } from '../../dvc/value.ts';

/** The names and indices that lead to a declared param; none for the whole file. */
export type KeyPath = readonly string[];

/**
 * The path of a params key, as DVC takes it apart (dpath.get with the separator `.`): no key holds a
 * dot, and from the first name that is a pattern on (`*`, `?`, `[`) all below may be meant.
 */
export function keyPath(key: string): KeyPath {
  const names = key.replace(/^\.+/, '').split('.');
  const pattern = names.findIndex((name) => name === '' || /[*?[]/.test(name));
  return pattern === -1 ? names : names.slice(0, pattern);
}

/**
 * Whether a mapping's key may be what `name` means: for dpath the int 1, `True` and the text "1" are
 * alike, and "01" is the int 1 too.
 */
export function keyMatches(key: Value, name: string): boolean {
  if (typeof key === 'string') return key === name;
  if (isList(key) || isMap(key)) return false;
  if (keyText(key) === name) return true;
  const isIndex = /^\s*[-+]?\d+\s*$/.test(name) && !(key instanceof Opaque);
  return isIndex && Number(key) === Number(name);
}

/** How two paths lie to one another: the first leads to the second, below it, or elsewhere. */
export function relation(path: KeyPath, to: KeyPath): 'above' | 'within' | 'apart' {
  const shared = Math.min(path.length, to.length);
  for (let at = 0; at < shared; at++) if (path[at] !== to[at]) return 'apart';
  return path.length < to.length ? 'above' : 'within';
}

/** What the path leads to in a value; several where a mapping has keys that are alike for dpath. */
export function valuesAt(value: Value, path: KeyPath): Value[] {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (isMap(value)) {
    return [...value].flatMap(([key, child]) =>
      keyMatches(key, name) ? valuesAt(child, rest) : [],
    );
  }
  if (!isList(value) || !/^-?\d+$/.test(name)) return [];
  const item = value.at(Number(name));
  return item === undefined ? [] : valuesAt(item, rest);
}
