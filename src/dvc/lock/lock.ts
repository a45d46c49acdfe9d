import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { joinPath } from '../paths.ts';
import type { FileHash } from '../pipeline.ts';
import { isList, isMap, keyText, type Value, type ValueMap } from '../value.ts';
import { entryOf, type MapNode, nodeValue, type YamlNode } from '../yaml/node.ts';
import { parseSource, readText, type Source, wrong } from '../yaml/source.ts';
import { refuseEntryFault } from './entry-fault.ts';
import { recordedHash } from './recorded-hash.ts';

/** What a dvc.lock records of one stage. */
export interface LockedStage {
  readonly cmd: string | readonly string[];
  /** `path` as written, relative to the stage's working directory. */
  readonly deps: readonly FileHash[];
  readonly outs: readonly FileHash[];
  /** By params file as written: the keys with the values that the stage last ran with. */
  readonly params: ReadonlyMap<string, ValueMap>;
  /** What of the entry only DVC can judge, such as the versions of a cloud remote. */
  readonly notUnderstood: readonly string[];
}

export interface Lock {
  /** Relative to the project root. */
  readonly file: string;
  /** 1 has the stages at the top level; DVC 3 refuses to read it. */
  readonly schema: 1 | 2;
  readonly stages: ReadonlyMap<string, LockedStage>;
}

/**
 * The dvc.lock beside a dvc.yaml, undefined when there is none; `file` is relative to `root`.
 * Throws 'configuration', with the place, for one that DVC would refuse.
 */
export function readLock(root: string, file = 'dvc.lock'): Lock | undefined {
  if (!existsSync(join(root, file))) return undefined;
  return parseLock(file, readText(root, file, 'Make it readable.'));
}

/** The lock file that belongs to a dvc.yaml. */
export function lockFileOf(pipelineFile: string): string {
  return joinPath(dirname(pipelineFile), 'dvc.lock');
}

/** As `readLock`, of a text. */
export function parseLock(file: string, text: string): Lock {
  const source = parseSource(file, text);
  if (source.tree === undefined) throw wrong(source, undefined, `${file} is empty`, restore);
  const tree = mapNode(source, source.tree, file);
  const version = entryOf(tree, 'schema')?.value;
  const stages = entryOf(tree, 'stages')?.value;
  if (version === undefined) return { file, schema: 1, stages: readStages(source, tree) };
  if (nodeValue(version) !== '2.0') {
    throw wrong(source, version, `${file} has an unknown schema`, restore);
  }
  for (const { key } of tree.entries) {
    const name = keyText(key.value);
    if (['schema', 'stages', 'datasets'].includes(name)) continue;
    throw wrong(source, key, `${file} has the unknown section ${name}`, restore);
  }
  return {
    file,
    schema: 2,
    stages: stages ? readStages(source, mapNode(source, stages, 'stages')) : new Map(),
  };
}

const restore = 'Restore it from git, or remove it and run the pipeline again.';

function readStages(source: Source, map: MapNode): ReadonlyMap<string, LockedStage> {
  return new Map(
    map.entries.map(({ key, value }) => {
      const name = keyText(key.value);
      return [name, readStage(source, name, mapNode(source, value, `stage ${name}`))];
    }),
  );
}

function readStage(source: Source, name: string, map: MapNode): LockedStage {
  for (const { key } of map.entries) {
    if (['cmd', 'deps', 'outs', 'params'].includes(keyText(key.value))) continue;
    throw wrong(source, key, `stage ${name} has the unknown key ${keyText(key.value)}`, restore);
  }
  const notUnderstood: string[] = [];
  const hashes = (key: string) => {
    const node = entryOf(map, key)?.value;
    if (node === undefined) return [];
    if (node.kind !== 'list') throw wrong(source, node, `${key} of ${name} is not a list`, restore);
    return node.items.map((item) => readHash(source, item, notUnderstood));
  };
  return {
    cmd: readCommand(source, name, map),
    deps: hashes('deps'),
    outs: hashes('outs'),
    params: readParams(source, name, map),
    notUnderstood,
  };
}

function readHash(source: Source, item: YamlNode, notUnderstood: string[]): FileHash {
  const path = entryOf(item, 'path')?.value;
  if (item.kind !== 'map' || path?.kind !== 'scalar' || typeof path.value !== 'string') {
    throw wrong(source, item, 'an entry has no path', restore);
  }
  for (const { key, value } of item.entries) {
    const word = keyText(key.value);
    // A newer DVC may have put it there.
    if (!entryKeys.includes(word)) throw new NotUnderstood(`the key ${word} of ${path.value}`);
    refuseEntryFault(source, path.value, word, value, restore);
  }
  const { hash, unread } = recordedHash(item, path.value);
  notUnderstood.push(...unread);
  return hash;
}

/** The keys of an entry (dvc/schema.py, DATA_SCHEMA); the last ones are left to DVC by `recordedHash`. */
const entryKeys = [
  ...['path', 'md5', 'hash', 'size', 'nfiles', 'isexec'],
  ...['checksum', 'etag', 'cloud', 'files', 'dataset', 'version_id'],
];

function readCommand(source: Source, name: string, map: MapNode): string | readonly string[] {
  const node = entryOf(map, 'cmd')?.value;
  const value: Value | undefined = node && nodeValue(node);
  if (typeof value === 'string') return value;
  if (isList(value)) return value.map(keyText);
  throw wrong(source, node ?? map, `stage ${name} has no cmd`, restore);
}

function readParams(source: Source, name: string, map: MapNode): ReadonlyMap<string, ValueMap> {
  const node = entryOf(map, 'params')?.value;
  if (node === undefined) return new Map();
  const files = mapNode(source, node, `params of ${name}`);
  return new Map(
    files.entries.map(({ key, value }) => {
      const map = mapNode(source, value, `params of ${name}`);
      const odd = map.entries.find((each) => typeof each.key.value !== 'string');
      if (odd) {
        const cause = `params of ${name} have the key ${keyText(odd.key.value)}, which is not text`;
        throw wrong(source, odd.key, cause, restore);
      }
      const params = nodeValue(map);
      return [keyText(key.value), isMap(params) ? params : new Map()];
    }),
  );
}

function mapNode(source: Source, node: YamlNode, what: string): MapNode {
  if (node.kind === 'map') return node;
  throw wrong(source, node, `${what} is not a map`, restore);
}
