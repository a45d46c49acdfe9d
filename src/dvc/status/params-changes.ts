import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { statOf } from '../hash/walk-folder.ts';
import { lookUpKey, readValues } from '../params/file.ts';
import type { ParamsDep } from '../pipeline.ts';
import { equal, isMap, Opaque, type Value, type ValueMap } from '../value.ts';

/** How a param differs from what the lock records. */
export interface ParamChange {
  readonly key: string;
  readonly change: 'modified' | 'deleted' | 'new';
  readonly before?: Value;
  readonly after?: Value;
}

/** Whether there is something at the path of a params file; a link that leads nowhere counts. */
export function hasParamsFile(root: string, path: string): boolean {
  return lstatSync(resolve(root, path), { throwIfNoEntry: false }) !== undefined;
}

/** Throws 'configuration' for a file that cannot be parsed, as DVC does. */
export function readParams(root: string, path: string): ValueMap {
  const stats = statOf(resolve(root, path));
  if (stats === undefined) throw new NotUnderstood(`the link ${path}, which leads nowhere`);
  if (!stats.isFile()) throw new NotUnderstood(`${path} as a params file`);
  return readValues(root, path);
}

/**
 * What differs between the params that a stage declares and those of its lock entry
 * (dvc/dependency/param.py, workspace_status). For a whole file its top-level names count.
 */
export function paramChanges(
  { path, keys }: ParamsDep,
  actual: ValueMap,
  locked: ValueMap,
): readonly ParamChange[] {
  if (keys.length > 0 && hasEmptyKey(actual)) {
    throw new NotUnderstood(`an empty name in ${path}`);
  }
  const names = keys.length > 0 ? keys : [...new Set([...actual.keys(), ...locked.keys()])];
  return names.flatMap((name): ParamChange[] => {
    if (typeof name !== 'string') throw new NotUnderstood(`a name in ${path} that is not text`);
    const after = keys.length > 0 ? lookUpKey(actual, name) : actual.get(name);
    const before = locked.get(name);
    if (after === undefined)
      return [{ key: name, change: 'deleted', ...(before !== undefined && { before }) }];
    if (before === undefined) return [{ key: name, change: 'new', after }];
    const isSame = equal(listed(after), before);
    if (isSame === undefined) throw new NotUnderstood(`the value of ${name} in ${path}`);
    return isSame ? [] : [{ key: name, change: 'modified', before, after }];
  });
}

/** A tuple that is a param's value equals the list of its items. */
function listed(value: Value): Value {
  return value instanceof Opaque && value.items ? value.items : value;
}

function hasEmptyKey(value: Value): boolean {
  if (Array.isArray(value)) return value.some(hasEmptyKey);
  return isMap(value) && (value.has('') || [...value.values()].some(hasEmptyKey));
}
