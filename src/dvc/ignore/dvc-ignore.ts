import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../../system/read-if-there.ts';
import { isInProject } from '../paths.ts';
import { compilePattern, type IgnorePattern } from './dvc-pattern.ts';

/** What DVC never looks into (dvc/ignore.py, DvcIgnoreFilter). */
const standardPatterns = ['.hg/', '.git/', '.git', '.dvc/'];

/**
 * The project's `.dvcignore` files: what they name does not exist for DVC. A folder's file adds to
 * those of the folders above it; folders that are DVC projects of their own are left out too. Outside
 * of the project nothing is ignored.
 * Methods throw NotUnderstood for a pattern that DVC refuses, and 'configuration' for a file that
 * nobody can read.
 */
export class DvcIgnore {
  private readonly root: string;
  private readonly folders = new Map<string, Rules>();

  constructor(root: string) {
    this.root = root;
  }

  /** Whether DVC ignores an entry of a folder; both relative to the root, `''` for the root. */
  ignores(folder: string, name: string, isFolder: boolean): boolean {
    if (!isInProject(folder)) return false;
    const path = folder === '' ? name : `${folder}/${name}`;
    if (this.rulesOf(folder).ignores(path, isFolder)) return true;
    return isFolder && existsSync(join(this.root, path, '.dvc'));
  }

  /** Whether DVC ignores a path or a folder that it lies in. */
  ignoresPath(path: string, isFolder: boolean): boolean {
    if (path === '.' || path === '' || !isInProject(path)) return false;
    const parts = path.split('/');
    return parts.some((name, index) =>
      this.ignores(parts.slice(0, index).join('/'), name, isFolder || index < parts.length - 1),
    );
  }

  /** Whether, of the files in this folder, none but `.git` can be ignored. */
  ignoresFewFiles(folder: string): boolean {
    if (!isInProject(folder)) return false;
    const rules = this.rulesOf(folder);
    return rules.areForFolders && (folder === '' || !rules.ignores(folder, true));
  }

  private rulesOf(folder: string): Rules {
    const known = this.folders.get(folder);
    if (known) return known;
    const rules = this.readRules(folder);
    this.folders.set(folder, rules);
    return rules;
  }

  private readRules(folder: string): Rules {
    const above = folder === '' ? new Rules(standardPatterns) : this.rulesOf(parentOf(folder));
    const path = folder === '' ? '.dvcignore' : `${folder}/.dvcignore`;
    const lines = readLines(join(this.root, path), path);
    if (lines.length === 0 || above.ignores(path, false)) return above;
    const telling = lines.filter((line) => compilePattern(line) !== undefined);
    const own = folder === '' ? telling : telling.map((line) => rebase(line, folder));
    return new Rules([...above.lines, ...own]);
  }
}

class Rules {
  readonly lines: readonly string[];
  /** Whether every pattern but `.git` names folders. */
  readonly areForFolders: boolean;
  /** The last first: it has the last word. */
  private readonly patterns: readonly IgnorePattern[];
  private readonly knownFolders = new Map<string, boolean>();

  constructor(lines: readonly string[]) {
    this.lines = lines;
    this.areForFolders = lines.every((line) => line === '.git' || line.endsWith('/'));
    this.patterns = lines.flatMap((line) => compilePattern(line) ?? []).reverse();
  }

  /** Whether a path is named, or else a folder that it lies in: nothing in it is then seen. */
  ignores(path: string, isFolder: boolean): boolean {
    const slash = path.lastIndexOf('/');
    return (slash > 0 && this.ignoresFolder(path.slice(0, slash))) || this.names(path, isFolder);
  }

  private ignoresFolder(folder: string): boolean {
    const known = this.knownFolders.get(folder);
    if (known !== undefined) return known;
    const isIgnored = this.ignores(folder, true);
    this.knownFolders.set(folder, isIgnored);
    return isIgnored;
  }

  private names(path: string, isFolder: boolean): boolean {
    for (const { isForFolders, isNegated, matches } of this.patterns) {
      if (isForFolders && !isFolder) continue;
      if (matches(path) || (isFolder && matches(`${path}/`))) return !isNegated;
    }
    return false;
  }
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
}

function readLines(file: string, shown: string): readonly string[] {
  return readIfThere(file, shown)
    .toString('utf8')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** A pattern of a folder's file as one of the root's (dvc/pathspec_math.py, change_rule). */
function rebase(rule: string, folder: string): string {
  const isNegated = rule.startsWith('!');
  const pattern = isNegated ? rule.slice(1) : rule;
  const isAnchored = pattern.slice(0, -1).includes('/') && !pattern.startsWith('**/');
  const bare = pattern.replace(isAnchored ? /^\// : /^\*\*\//, '').replace(/^\\/, '');
  return `${isNegated ? '!/' : ''}${folder}/${isAnchored ? '' : '**/'}${bare}`;
}
