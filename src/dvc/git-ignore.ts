import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/**
 * What git ignores: DVC does not look for dvc.yaml and `.dvc` files there. Without a repository
 * nothing is ignored.
 */
export class GitIgnore {
  /** From the repository's root down to the project's, with `/` at its end; `''` if they are one. */
  private readonly prefix: string;
  private readonly repository: string | undefined;
  private readonly folders = new Map<string, Ignore | undefined>();

  constructor(root: string) {
    this.repository = findRepository(root);
    const inside = this.repository === undefined ? '' : relative(this.repository, root);
    this.prefix = inside === '' ? '' : `${inside}/`;
  }

  /** `path` is relative to the project's root; folders above it count as not ignored. */
  ignores(path: string, isFolder: boolean): boolean {
    if (this.repository === undefined) return false;
    const full = this.prefix + path;
    for (let folder = dirname(full); ; folder = dirname(folder)) {
      const at = folder === '.' ? '' : `${folder}/`;
      const verdict = this.rulesOf(folder)?.test(full.slice(at.length) + (isFolder ? '/' : ''));
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
      if (folder === '.') return false;
    }
  }

  private rulesOf(folder: string): Ignore | undefined {
    if (!this.folders.has(folder)) {
      const repository = this.repository ?? '';
      const texts = [readIfThere(join(repository, folder, '.gitignore'))];
      if (folder === '.') texts.unshift(readIfThere(join(repository, '.git/info/exclude')));
      const text = texts.join('\n');
      this.folders.set(
        folder,
        text.trim() === '' ? undefined : ignore({ ignorecase: false }).add(text),
      );
    }
    return this.folders.get(folder);
  }
}

function findRepository(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
