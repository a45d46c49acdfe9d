import { createHash } from 'node:crypto';

/** A file of a folder: its path below the folder, with `/`, and its hash. */
export interface FolderEntry {
  readonly relpath: string;
  readonly md5: string;
}

/**
 * DVC's hash of a folder: the MD5 of the JSON that Python's json.dumps makes of its files in the
 * order of their paths, with `.dir` after it (dvc_data/hashfile/tree.py).
 */
export function folderHash(entries: readonly FolderEntry[]): string {
  // JavaScript's own order is that of code points too where there are no halves of characters.
  const isSimple = !entries.some(({ relpath }) => /[\ud800-\udfff]/.test(relpath));
  const lines = [...entries]
    .sort(isSimple ? (left, right) => (left.relpath < right.relpath ? -1 : 1) : compareRelpaths)
    .map(({ md5, relpath }) => `{"md5": "${md5}", "relpath": ${pythonJson(relpath)}}`);
  return `${createHash('md5')
    .update(`[${lines.join(', ')}]`)
    .digest('hex')}.dir`;
}

/** Python escapes all that is not printable ASCII. */
function pythonJson(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all but printable ASCII is meant
  return JSON.stringify(text).replace(/[^\x00-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Python's order, that of code points; JavaScript's `<` is that of UTF-16's halves of them. */
function compareRelpaths({ relpath: left }: FolderEntry, { relpath: right }: FolderEntry): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(left.charCodeAt(at)) - rank(right.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Halves of characters above U+FFFF are moved behind all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
