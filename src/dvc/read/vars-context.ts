import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { readValues } from '../params/file.ts';
import { joinPath } from '../paths.ts';
import { isList, isMap, Opaque, type Value, type ValueMap } from '../value.ts';
import { nodeValue, type YamlNode } from '../yaml/node.ts';
import { type Source, wrong } from '../yaml/source.ts';
import { findTemplates } from './template.ts';

/**
 * What `${…}` can refer to, and the files that it came from: `null` for a whole file, otherwise the
 * keys that were loaded of it (dvc/parsing/context.py, Context).
 */
export interface VarsContext {
  readonly values: ValueMap;
  readonly imports: ReadonlyMap<string, readonly string[] | null>;
}

export const emptyContext: VarsContext = { values: new Map(), imports: new Map() };

/**
 * The context with the entries of a `vars` section added: files (`file` or `file:key,key`) in
 * `folder`, relative to the root, and mappings. Throws 'configuration' at the entry for a file that
 * is absent or that has not the keys, and for a name that is already defined otherwise.
 */
export function addVars(
  context: VarsContext,
  root: string,
  folder: string,
  source: Source,
  vars: YamlNode,
): VarsContext {
  refuseTemplates(source, vars);
  let result = context;
  for (const item of vars.kind === 'list' ? vars.items : []) {
    result =
      item.kind === 'map'
        ? merge(result, source, item, nodeValue(item) as ValueMap)
        : addFile(result, root, folder, source, item, String(nodeValue(item)));
  }
  return result;
}

/** The context with `params.yaml` beside a dvc.yaml, which DVC loads where it exists. */
export function addDefaultParams(root: string, folder: string): VarsContext {
  const path = joinPath(folder, 'params.yaml');
  if (!existsSync(resolve(root, path))) return emptyContext;
  return { values: contextMap(readValues(root, path)), imports: new Map([[path, null]]) };
}

function addFile(
  context: VarsContext,
  root: string,
  folder: string,
  source: Source,
  node: YamlNode,
  item: string,
): VarsContext {
  const [file = '', ...afterColon] = item.split(':');
  const path = joinPath(folder, file);
  const keys = afterColon.join(':').split(',').filter(Boolean);
  const loaded = context.imports.get(path);
  if (loaded === null && keys.length === 0) return context;
  if (
    loaded === null ||
    loaded?.some((key) => keys.includes(key)) ||
    (loaded && keys.length === 0)
  ) {
    throw wrong(
      source,
      node,
      `${item} is loaded already`,
      `Name ${path} once, either whole or with all the keys.`,
    );
  }
  if (!existsSync(resolve(root, path)) || statSync(resolve(root, path)).isDirectory()) {
    const hint = 'Create it, or correct the name.';
    throw wrong(source, node, `vars names ${path}, which is not a file`, hint);
  }
  const values = readValues(root, path);
  const chosen = keys.length === 0 ? values : new Map(keys.map((key) => [key, values.get(key)]));
  for (const [key, value] of chosen) {
    if (value !== undefined) continue;
    const hint = `Add ${String(key)} to ${path}, or take it out of vars.`;
    throw wrong(source, node, `${path} has no ${String(key)}`, hint);
  }
  const merged = merge(context, source, node, chosen as ValueMap);
  const imports = new Map(merged.imports);
  imports.set(path, keys.length === 0 ? null : [...(loaded ?? []), ...keys]);
  return { values: merged.values, imports };
}

function merge(
  context: VarsContext,
  source: Source,
  node: YamlNode,
  update: ValueMap,
): VarsContext {
  const conflict = { key: '' };
  const values = mergeMaps(context.values, contextMap(update), '', conflict);
  if (conflict.key === '') return { values, imports: context.imports };
  throw wrong(
    source,
    node,
    `${conflict.key} is defined already`,
    'A name can have one value: take it out of vars or out of the params file.',
  );
}

function mergeMaps(
  into: ValueMap,
  update: ValueMap,
  prefix: string,
  conflict: { key: string },
): ValueMap {
  const result = new Map(into);
  for (const [key, value] of update) {
    const present = result.get(key);
    const name = `${prefix}${String(key)}`;
    if (isMap(present) && isMap(value)) {
      result.set(key, mergeMaps(present, value, `${name}.`, conflict));
    } else if (present !== undefined) conflict.key = name;
    else result.set(key, value);
  }
  return result;
}

/** DVC leaves out what has a key that is not text, and cannot hold values of other kinds. */
export function contextMap(map: ValueMap): ValueMap {
  const entries = [...map].filter(([key]) => typeof key === 'string');
  return new Map(entries.map(([key, value]) => [key, contextValue(value)]));
}

export function contextValue(value: Value): Value {
  if (value instanceof Opaque) throw new NotUnderstood(`${value.what} (${value.text}) among vars`);
  if (isMap(value)) return contextMap(value);
  return isList(value) ? value.map(contextValue) : value;
}

function refuseTemplates(source: Source, node: YamlNode): void {
  const children =
    node.kind === 'list'
      ? node.items
      : node.kind === 'map'
        ? node.entries.flatMap(({ key, value }) => [key, value])
        : [];
  for (const child of children) refuseTemplates(source, child);
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return;
  if (findTemplates(node.value).length === 0) return;
  throw wrong(source, node, 'vars cannot hold a reference', 'Write the value itself.');
}
