import type { FileHash } from '../pipeline.ts';
import { keyText, toPlain, type Value } from '../value.ts';
import { type MapNode, nodeValue } from '../yaml/node.ts';

/** Keys of a dep or out in a dvc.lock or `.dvc` file that this reader works with. */
const readKeys = new Set([
  ...['path', 'md5', 'hash', 'size', 'nfiles', 'isexec'],
  ...['cache', 'metric', 'plot', 'persist', 'remote', 'push', 'desc', 'type', 'labels', 'meta'],
]);

/**
 * The hash of an entry of a dvc.lock or `.dvc` file, `path` relative to the root, and what of the
 * entry only DVC can judge. Without `hash: md5` an `md5` is that of DVC 2, which took text files
 * with the line ends of Unix.
 */
export function recordedHash(
  entry: MapNode,
  path: string,
): { readonly hash: FileHash; readonly unread: readonly string[] } {
  const values = new Map<string, Value>(
    entry.entries.map(({ key, value }) => [keyText(key.value), nodeValue(value)]),
  );
  const unread = [...values.keys()]
    .filter((key) => !readKeys.has(key))
    .map((key) => `the ${key} of ${path}`);
  const kind = values.get('hash') ?? 'md5-dos2unix';
  if (kind !== 'md5' && kind !== 'md5-dos2unix') unread.push(`the hash of ${path}`);
  const md5 = values.get('md5') ?? undefined;
  if (md5 !== undefined && typeof md5 !== 'string') unread.push(`the md5 of ${path}`);
  const size = toPlain(values.get('size') ?? null);
  const nfiles = toPlain(values.get('nfiles') ?? null);
  return {
    hash: {
      path,
      kind: kind === 'md5' ? 'md5' : 'md5-dos2unix',
      hash: typeof md5 === 'string' && md5 !== '' ? md5.toLowerCase() : undefined,
      ...(typeof size === 'number' && { size }),
      ...(typeof nfiles === 'number' && { nfiles }),
    },
    unread,
  };
}
