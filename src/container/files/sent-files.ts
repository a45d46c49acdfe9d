import type { Stats } from 'node:fs';

/** Tells a file from the same one after it was written, replaced or touched. */
interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

/** What was sent to a container, by absolute path here: what has changed here since is not ours to replace. */
export class SentFiles {
  readonly #stamps = new Map<string, Stamp>();
  readonly #links = new Map<string, string>();

  add(path: string, { size, mtimeMs, ctimeMs, ino }: Stats): void {
    this.#stamps.set(path, { size, mtimeMs, ctimeMs, ino });
  }

  /** Notes that a link was sent with another target than it has here. */
  addLink(path: string, target: string): void {
    this.#links.set(path, target);
  }

  /** The target that a link was sent with, where that is not its own. */
  linkSent(path: string): string | undefined {
    return this.#links.get(path);
  }

  /** Whether what is at `path` now is what was sent; of a folder, whether it is the same folder. */
  isUnchanged(path: string, now: Stats): boolean {
    const sent = this.#stamps.get(path);
    if (sent === undefined || sent.ino !== now.ino) return false;
    if (now.isDirectory()) return true;
    return sent.size === now.size && sent.mtimeMs === now.mtimeMs && sent.ctimeMs === now.ctimeMs;
  }
}
