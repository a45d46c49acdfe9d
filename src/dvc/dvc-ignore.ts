import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** What DVC never looks into (dvc/ignore.py, DvcIgnoreFilter). */
const standardPatterns = ['.hg/', '.git/', '.git', '.dvc/'];

/**
 * The project's `.dvcignore` files: what they name does not exist for DVC. A folder's file adds to
 * those of the folders above it; folders that are DVC projects of their own are left out too.
 */
export class DvcIgnore {
  private readonly root: string;
  private readonly folders = new Map<string, Rules>();

  constructor(root: string) {
    this.root = root;
  }

  /** Whether DVC ignores an entry of a folder; both relative to the root, `''` for the root. */
  ignores(folder: string, name: string, isFolder: boolean): boolean {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (this.rulesOf(folder).ignores(path, isFolder)) return true;
    return isFolder && existsSync(join(this.root, path, '.dvc'));
  }

  /** Whether DVC ignores a path or a folder that it lies in. */
  ignoresPath(path: string, isFolder: boolean): boolean {
    if (path === '.' || path === '') return false;
    const parts = path.split('/');
    return parts.some((name, index) =>
      this.ignores(parts.slice(0, index).join('/'), name, isFolder || index < parts.length - 1),
    );
  }

  /** Whether `.git` is the only name of a file that can be ignored in a folder that is not. */
  ignoresFewFiles(folder: string): boolean {
    return this.rulesOf(folder).areOnlyForFolders;
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
    const lines = readLines(join(this.root, path));
    if (lines.length === 0 || above.ignores(path, false)) return above;
    const own = folder === '' ? lines : lines.map((line) => rebase(line, folder));
    return new Rules([...above.patterns, ...own]);
  }
}

class Rules {
  readonly patterns: readonly string[];
  /** Whether every pattern but `.git` names folders. */
  readonly areOnlyForFolders: boolean;
  private readonly matcher: Ignore;

  constructor(patterns: readonly string[]) {
    this.patterns = patterns;
    this.areOnlyForFolders = patterns.every(
      (pattern) => pattern === '.git' || (pattern.endsWith('/') && !pattern.startsWith('!')),
    );
    this.matcher = ignore({ ignorecase: false, allowRelativePaths: true }).add([...patterns]);
  }

  ignores(path: string, isFolder: boolean): boolean {
    return this.matcher.ignores(isFolder ? `${path}/` : path);
  }
}

function parentOf(folder: string): string {
  return folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
}

function readLines(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text
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
  return `${isNegated ? '!' : ''}/${folder}/${isAnchored ? '' : '**/'}${bare}`;
}
