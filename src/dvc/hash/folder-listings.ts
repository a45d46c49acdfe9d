import { type Dirent, readdirSync } from 'node:fs';

/**
 * What is in folders, listed once for one answer: to find dvc.yaml files and to hash the same folders
 * takes one look at each.
 */
export class FolderListings {
  private readonly known = new Map<string, readonly Dirent[]>();

  /** The entries of a folder, an absolute path. Throws as readdirSync does. */
  list(folder: string): readonly Dirent[] {
    const known = this.known.get(folder);
    if (known !== undefined) return known;
    const entries = readdirSync(folder, { withFileTypes: true });
    this.known.set(folder, entries);
    return entries;
  }
}
