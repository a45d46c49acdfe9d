import { readFileSync } from 'node:fs';
import type { Contents } from './content.ts';
import type { HashKind } from './hash-worker.ts';
import { NotUnderstood } from './not-understood.ts';
import type { FileHash } from './pipeline.ts';
import { statOf } from './walk-folder.ts';

/** Permissions of an object that DVC has verified, and then trusts. */
const protectedMode = 0o444;

/**
 * DVC's local cache. An object counts as there when it is protected, or else when its content has
 * its hash (dvc_data/hashfile/db/local.py, check). As with `Contents`, `want` first.
 */
export class ObjectCache {
  private readonly folder: string;
  private readonly contents: Contents;
  private readonly present = new Map<string, boolean>();
  private readonly suspects = new Map<string, string>();
  private readonly faults = new Map<string, NotUnderstood>();
  private readonly trees = new Map<string, readonly string[] | 'absent'>();

  /** `folder` is the one that holds `files/md5`. */
  constructor(folder: string, contents: Contents) {
    this.folder = folder;
    this.contents = contents;
  }

  /** Asks whether what a hash names is there, for a folder all its files too. */
  want({ hash, kind }: FileHash): void {
    if (hash === undefined) return;
    try {
      this.look(hash, kind);
      if (hash.endsWith('.dir')) for (const md5 of this.tree(hash, kind)) this.look(md5, kind);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.faults.set(this.pathOf(hash, kind), error);
    }
  }

  /** Whether all that a wanted hash names is there. Throws NotUnderstood where DVC may fail. */
  has({ hash, kind }: FileHash): boolean {
    if (hash === undefined) return false;
    const fault = this.faults.get(this.pathOf(hash, kind));
    if (fault) throw fault;
    if (this.trees.get(this.pathOf(hash, kind)) === 'absent') return false;
    const all = hash.endsWith('.dir') ? [hash, ...this.tree(hash, kind)] : [hash];
    return all.every((md5) => this.isThere(md5, kind));
  }

  private isThere(md5: string, kind: HashKind): boolean {
    const path = this.pathOf(md5, kind);
    const known = this.present.get(path);
    if (known !== undefined) return known;
    const content = this.contents.contentOf(path, kind);
    if (content.state === 'not-understood') throw new NotUnderstood(content.construct);
    return content.state === 'present' && content.hash === this.suspects.get(path);
  }

  private look(md5: string, kind: HashKind): void {
    const path = this.pathOf(md5, kind);
    if (this.present.has(path) || this.suspects.has(path)) return;
    const stats = statOf(path);
    if (stats === undefined) this.present.set(path, false);
    else if ((stats.mode & 0o7777) === protectedMode) this.present.set(path, true);
    else {
      this.suspects.set(path, md5.replace(/\.dir$/, ''));
      this.contents.want(path, kind);
    }
  }

  /** The hashes of a folder's files, as the folder's object lists them. */
  private tree(hash: string, kind: HashKind): readonly string[] {
    const path = this.pathOf(hash, kind);
    const known = this.trees.get(path) ?? readTree(path);
    this.trees.set(path, known);
    return known === 'absent' ? [] : known;
  }

  private pathOf(md5: string, kind: HashKind): string {
    const below = kind === 'md5' ? '/files/md5' : '';
    return `${this.folder}${below}/${md5.slice(0, 2)}/${md5.slice(2)}`;
  }
}

/** DVC takes one that it cannot parse for one that is not there. */
function readTree(path: string): readonly string[] | 'absent' {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return 'absent';
  }
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return 'absent';
    return list.map((entry: { md5?: unknown }) => {
      if (typeof entry.md5 === 'string') return entry.md5;
      throw new NotUnderstood(`the entries of ${path}`);
    });
  } catch (error) {
    if (error instanceof SyntaxError) return 'absent';
    throw error;
  }
}
