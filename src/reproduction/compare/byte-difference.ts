import { readFile, stat } from 'node:fs/promises';

/** Bytes of a file that is compared byte by byte. */
const largestFile = 256 * 2 ** 20;

/** How much two files differ, as a sentence; undefined where one of them cannot be looked at. */
export async function byteDifference(before: string, after: string): Promise<string | undefined> {
  const [left, right] = await Promise.all([readFileAt(before), readFileAt(after)]);
  if (left === undefined || right === undefined) return undefined;
  const common = Math.min(left.length, right.length);
  let differing = 0;
  let first = -1;
  for (let at = 0; at < common; at++) {
    if (left[at] === right[at]) continue;
    if (first < 0) first = at;
    differing++;
  }
  const sizes =
    left.length === right.length
      ? `${left.length} bytes`
      : `${left.length} bytes, now ${right.length}`;
  if (differing === 0) return `${sizes}: the same as far as both go`;
  return `${sizes}: ${differing} differ, the first is byte ${first + 1}`;
}

async function readFileAt(path: string): Promise<Buffer | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() && found.size <= largestFile ? readFile(path) : undefined;
}
