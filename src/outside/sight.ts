import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { PlacedFile } from '../container/files/placement.ts';
import { ExpectedFailure } from '../errors.ts';
import { contains } from '../system/contains.ts';

/** More links than this one after another are a circle, as for the kernel. */
export const longestChain = 40;

/**
 * What a container sees of this machine's files: of a path that leads out of what it has, link by
 * link as its kernel would go, the place at which the rest has to be mounted.
 */
export class Sight {
  readonly #files: PlacedFile[];

  constructor(files: readonly PlacedFile[]) {
    this.#files = [...files];
  }

  /**
   * What has to be mounted, and where, so that the container sees at `path`, absolute, what is there
   * on this machine; undefined where it sees that already, for a path that leads nowhere, and for
   * what is neither file nor folder. Throws 'configuration' where a link would lead it to something
   * else that it has.
   */
  missing(path: string): Pick<PlacedFile, 'source' | 'target' | 'kind'> | undefined {
    const source = realOf(path);
    if (source === undefined) return undefined;
    const { unseen, end } = this.#follow(path);
    if (unseen === undefined) {
      if (end !== undefined && realOf(this.sourceOf(end) ?? end) !== source) {
        throw misled(path, end);
      }
      return undefined;
    }
    const stats = lstatSync(source);
    if (!stats.isDirectory() && !stats.isFile()) return undefined;
    return { source, target: unseen, kind: stats.isDirectory() ? 'directory' : 'file' };
  }

  /** Counts what is going to be mounted as seen. */
  add(file: PlacedFile): PlacedFile {
    this.#files.push(file);
    return file;
  }

  /** Where this machine has what the container has at `path`; undefined where it has nothing of ours. */
  sourceOf(path: string): string | undefined {
    let best: PlacedFile | undefined;
    for (const file of this.#files) {
      if (!contains(file.target, path)) continue;
      if (!best || file.target.length > best.target.length) best = file;
    }
    return best && join(best.source, relative(best.target, path));
  }

  /** Follows a path as the container does, to its end or to the first place that it has not. */
  #follow(path: string): { readonly unseen?: string; readonly end?: string } {
    let at = '/';
    let rest = resolve(path).split('/').filter(Boolean);
    let links = 0;
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      if (name === '..') {
        at = dirname(at);
        continue;
      }
      const next = join(at, name);
      const source = this.sourceOf(next);
      if (source === undefined) {
        // The folders above a mount are the container's own, and plain.
        const isAbove = this.#files.some(({ target }) => contains(next, target));
        if (!isAbove || rest.length === 0) return { unseen: resolve(next, ...rest) };
        at = next;
        continue;
      }
      const target = linkAt(source);
      if (target === undefined) at = next;
      else {
        if (++links > longestChain) return {};
        const parts = target.split('/').filter((part) => part !== '' && part !== '.');
        rest = [...parts, ...rest];
        if (target.startsWith('/')) at = '/';
      }
    }
    return { end: at };
  }
}

function misled(path: string, end: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `${path} leads through links to ${end} in DVC’s container, which is something else there`,
    hint: 'Let the link name the file itself, by its absolute path.',
  });
}

/** What a link says; undefined for anything else. */
export function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
