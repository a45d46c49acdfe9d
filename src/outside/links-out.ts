import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { DvcIgnore } from '../dvc/ignore/dvc-ignore.ts';
import { contains } from '../system/contains.ts';
import { specialKind } from '../system/read-whole.ts';

/** What in a folder is not simply there with it: a link out of it, or what is no data. */
export interface OddEntry {
  /** Its whole path. */
  readonly path: string;
  /** What it is, in a word, where it is neither file nor folder nor link. */
  readonly special?: string;
}

/**
 * Links in a folder that plainly lead neither to the cache nor to something in the folder itself, at any
 * depth, and pipes, sockets and devices; links are not followed.
 */
export function* oddEntries(
  folder: string,
  cache: string,
  project: { readonly root: string; readonly dvcIgnore: DvcIgnore } | undefined,
): Generator<OddEntry> {
  const below = [folder];
  for (let current = below.pop(); current !== undefined; current = below.pop()) {
    for (const entry of entriesOf(current)) {
      const full = join(current, entry.name);
      if (entry.isDirectory()) {
        if (!isIgnored(full, true, project)) below.push(full);
      } else if (entry.isSymbolicLink()) {
        const target = targetOf(full);
        const stays = isAbsolute(target)
          ? target.startsWith(`${cache}/`)
          : contains(folder, join(current, target)) && existsSync(full);
        if (!stays && !isIgnored(full, false, project)) yield { path: full };
      } else {
        const special = specialKind(entry);
        if (special && !isIgnored(full, false, project)) yield { path: full, special };
      }
    }
  }
}

function isIgnored(
  full: string,
  asFolder: boolean,
  project: { readonly root: string; readonly dvcIgnore: DvcIgnore } | undefined,
): boolean {
  if (!project) return false;
  const path = full.slice(project.root.length + 1);
  const slash = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
  if (folder === '' && ['.git', '.sibling', '.dvc'].includes(name)) return true;
  try {
    return project.dvcIgnore.ignores(folder, name, asFolder);
  } catch {
    return false;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // what cannot be listed is DVC's to complain of
  }
}

/** A link that is gone by now leads nowhere. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
