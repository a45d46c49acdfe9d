import { createHash } from 'node:crypto';

/** Letters of the readable part: a container's, a file's and a branch's name have room for more. */
const longest = 60;

/**
 * A name for a container, a folder, a branch and the like: other parts have another name, also where
 * letters are lost, or case does not count. Parts that need no change are their own name; to any other
 * a part of a hash of them all is added.
 */
export function distinctName(...parts: readonly [string, ...string[]]): string {
  const [only] = parts;
  const isPlain =
    parts.length === 1 && only.length <= longest && /^[a-z0-9][a-z0-9._-]*$/.test(only);
  if (isPlain && !/-[0-9a-f]{12}$/.test(only)) return only;
  const readable = parts
    .join('-')
    .slice(0, longest)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
  return `${readable === '' ? 'x' : readable}-${hash}`;
}
