import { isAbsolute, relative, sep } from 'node:path';

/** True when `inner` is `outer` or lies below it, by their names; both relative to the same folder. */
export function contains(outer: string, inner: string): boolean {
  const rest = relative(outer, inner);
  return rest === '' || (!rest.startsWith(`..${sep}`) && rest !== '..' && !isAbsolute(rest));
}
