import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

/** True when `inner` is `outer` or lies below it, by their names; both relative to the same folder. */
export function contains(outer: string, inner: string): boolean {
  const rest = relative(outer, inner);
  return rest === '' || (!rest.startsWith(`..${sep}`) && rest !== '..' && !isAbsolute(rest));
}

/** Paths of which `contains` is asked often: by their parents, for with each other thousands take minutes. */
export class PathSet {
  readonly #paths = new Map<string, string>();
  /** All folders that one of them lies in. */
  readonly #above = new Set<string>();

  constructor(paths: Iterable<string>) {
    for (const path of paths) {
      const full = resolve(path);
      if (this.#paths.has(full)) continue;
      this.#paths.set(full, path);
      for (let at = full; at !== dirname(at) && !this.#above.has(dirname(at)); ) {
        at = dirname(at);
        this.#above.add(at);
      }
    }
  }

  /** The nearest of the paths that is `inner` or that it lies in. */
  around(inner: string): string | undefined {
    for (let at = resolve(inner); ; at = dirname(at)) {
      const found = this.#paths.get(at);
      if (found !== undefined || at === dirname(at)) return found;
    }
  }

  /** Whether one of the paths lies in `outer`, and is not `outer` itself. */
  hasWithin(outer: string): boolean {
    return this.#above.has(resolve(outer));
  }
}
