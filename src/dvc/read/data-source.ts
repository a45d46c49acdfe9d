import { dirname } from 'node:path';
import { closest } from '../../text/closest.ts';
import { refuseEntryFault } from '../lock/entry-fault.ts';
import { recordedHash } from '../lock/recorded-hash.ts';
import { isInProject, isUrl, joinPath } from '../paths.ts';
import type { DataSource, FileHash, Out } from '../pipeline.ts';
import { keyText } from '../value.ts';
import { entryOf, type MapNode, nodeValue, type YamlNode } from '../yaml/node.ts';
import { parseSource, readText, type Source, wrong } from '../yaml/source.ts';

/** The keys of a `.dvc` file: dvc/schema.py, SINGLE_STAGE_SCHEMA. */
const fileKeys = [
  ...['md5', 'wdir', 'deps', 'outs', 'locked', 'frozen', 'meta', 'always_changed', 'desc'],
  'cmd',
];

/**
 * Reads a `.dvc` file. One that `dvc add` made is read fully; what imports, old single-stage files
 * and cloud versions need is told in `notUnderstood`. Throws 'configuration' for a file that DVC
 * would refuse.
 */
export function readDataSource(root: string, file: string): DataSource {
  const source = parseSource(file, readText(root, file, 'Make it readable.'));
  if (source.tree?.kind !== 'map') {
    const hint = `Make it anew: dvc add ${file.replace(/\.dvc$/, '')}`;
    throw wrong(source, source.tree, `${file} is not a map`, hint);
  }
  const tree = source.tree;
  const notUnderstood: string[] = [];
  for (const { key } of tree.entries) {
    const word = keyText(key.value);
    if (!fileKeys.includes(word)) {
      const guess = closest(word, fileKeys);
      const hint = guess ? `Did you mean ${guess}?` : `The keys are ${fileKeys.join(', ')}.`;
      throw wrong(source, key, `${file} has the unknown key ${word}`, hint);
    }
    if (['md5', 'deps', 'cmd', 'always_changed'].includes(word))
      notUnderstood.push(`${word} of ${file}`);
  }
  const wdir = entryOf(tree, 'wdir')?.value;
  const folder = joinPath(dirname(file), wdir ? keyText(nodeValue(wdir)) : '');
  const outs = entryOf(tree, 'outs')?.value;
  const items = outs?.kind === 'list' ? outs.items : [];
  const deps = entryOf(tree, 'deps')?.value;
  const imported = deps?.kind === 'list' ? deps.items.flatMap(importedPath) : [];
  const read = items.map((item) => readOut(source, folder, item, notUnderstood));
  return {
    address: file,
    file,
    outs: read.map(({ out }) => out),
    deps: imported.map((path) => joinPath(folder, path)),
    hashes: read.map(({ hash }) => hash),
    frozen: isTrue(tree, 'frozen') || isTrue(tree, 'locked'),
    notUnderstood,
  };
}

/** A path on this machine: of the file or folder itself, or of the repository that it is from. */
function importedPath(item: YamlNode): string[] {
  const repo = entryOf(item, 'repo')?.value;
  const path = entryOf(repo ?? item, repo ? 'url' : 'path')?.value;
  if (path?.kind !== 'scalar' || typeof path.value !== 'string') return [];
  return isUrl(path.value) || /^[^/]*@?[^/]*:/.test(path.value) ? [] : [path.value];
}

function readOut(
  source: Source,
  folder: string,
  item: YamlNode,
  notUnderstood: string[],
): { out: Out; hash: FileHash } {
  const written = entryOf(item, 'path')?.value;
  if (item.kind !== 'map' || written?.kind !== 'scalar' || typeof written.value !== 'string') {
    throw wrong(source, item, `an out of ${source.file} has no path`, 'Make it anew: dvc add');
  }
  const path = joinPath(folder, written.value);
  for (const { key, value } of item.entries) {
    refuseEntryFault(source, path, keyText(key.value), value, restore);
  }
  const { hash, unread } = recordedHash(item, path);
  notUnderstood.push(...unread);
  if (!isInProject(path)) notUnderstood.push(`the path ${path} outside the project`);
  const remote = entryOf(item, 'remote')?.value;
  return {
    out: {
      path,
      kind: isTrue(item, 'metric') ? 'metric' : isTrue(item, 'plot') ? 'plot' : 'out',
      cache: !isFalse(item, 'cache'),
      persist: isTrue(item, 'persist'),
      push: !isFalse(item, 'push'),
      ...(remote && { remote: keyText(nodeValue(remote)) }),
    },
    hash,
  };
}

const restore = 'Restore it from git, or make it anew: dvc add.';

function isTrue(map: MapNode, key: string): boolean {
  const node = entryOf(map, key)?.value;
  return node !== undefined && nodeValue(node) === true;
}

function isFalse(map: MapNode, key: string): boolean {
  const node = entryOf(map, key)?.value;
  return node !== undefined && nodeValue(node) === false;
}
