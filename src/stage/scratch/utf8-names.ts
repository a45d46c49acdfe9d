import { isUtf8 } from 'node:buffer';
import { readdirSync } from 'node:fs';

/** What Node puts in the place of bytes that are no UTF-8: by such a name a file is not found again. */
const replacement = '\uFFFD';

/**
 * The first of a folder's names that is not UTF-8, its odd bytes as `\xff`; undefined where all are.
 * `names` are the names as Node gives them, by which most folders need no second look.
 */
export function oddNameIn(folder: string, names: readonly string[]): string | undefined {
  if (!names.some((name) => name.includes(replacement))) return undefined;
  const odd = readdirSync(folder, { encoding: 'buffer' }).find((name) => !isUtf8(name));
  return odd && [...odd].map(readable).join('');
}

function readable(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
}
