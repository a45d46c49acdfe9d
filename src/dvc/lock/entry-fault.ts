import { isAbsolute } from 'node:path';
import { isUrl } from '../paths.ts';
import { keyText, type Value } from '../value.ts';
import { nodeValue, type YamlNode } from '../yaml/node.ts';
import { type Source, wrong } from '../yaml/source.ts';

/** Throws 'configuration', at its place, for a value of an entry that has an `entryFault`. */
export function refuseEntryFault(
  source: Source,
  path: string,
  key: string,
  node: YamlNode,
  hint: string,
): void {
  const value = nodeValue(node);
  // What lies outside the project has the hashes of its place, whatever is written.
  const isOutside = isUrl(path) || isAbsolute(path) || path.startsWith('..');
  if (key === 'hash' && typeof value === 'string' && isOutside) return;
  const fault = entryFault(key, value);
  if (fault === undefined) return;
  throw wrong(source, node, `${key} of ${path} is ${keyText(value)}, which ${fault}`, hint);
}

/**
 * Why DVC refuses the file in which an entry of a dep or an out has this value under this key, as
 * the rest of a sentence; undefined where it takes it, or where only DVC can say. The types are
 * those of dvc/output.py (CHECKSUM_SCHEMA, META_SCHEMA); a hash of an unknown kind passes them, and
 * then no hash can be computed (dvc_data/hashfile/hash.py, get_hasher).
 */
export function entryFault(key: string, value: Value): string | undefined {
  switch (key) {
    case 'size':
    case 'nfiles': // True is a number in Python
      return typeof value === 'bigint' || typeof value === 'boolean'
        ? undefined
        : 'is not a whole number';
    case 'isexec':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false';
    case 'md5':
      return md5Fault(value);
    case 'hash':
      if (typeof value !== 'string') return 'is not text';
      return hashKind.test(value) ? undefined : 'is no kind of hash that DVC knows';
    default:
      return undefined;
  }
}

/** What Python's hashlib may compute. */
const hashKind = /^(md5|md5-dos2unix|sha[\d_/-]+|blake[23]\w*|sm3|ripemd160)$/i;

/** DVC's schema takes a number for text, and DVC then fails on it. */
function md5Fault(value: Value): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'string') return 'is not text: it needs quotes';
  return value.length === 1 || value.length === 2 ? 'is too short for a hash' : undefined;
}
