import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import { ownAt } from '../../outside/own-files.ts';
import { contains } from '../../system/contains.ts';
import { closest } from '../../text/closest.ts';

/** The file of an override, `FILE:KEY=VALUE`, as DVC takes it apart (dvc/utils/cli_parse.py). */
export function overriddenFile(override: string): string {
  const name = override.split('=', 1)[0] ?? '';
  if (!name.includes(':')) return 'params.yaml';
  const file = override.split(':', 1)[0] ?? '';
  return file && normalize(file);
}

/**
 * The files of the overrides, each once. Throws 'usage' for one that is not a file of the project,
 * or is DVC's own: DVC would make a new file, which no stage reads, or write elsewhere on the disk.
 */
export function overriddenFiles(root: string, overrides: readonly string[]): string[] {
  const files = new Map(overrides.map((override) => [overriddenFile(override), override]));
  for (const [file, override] of files) {
    const fault = faultOf(root, file);
    if (fault === undefined) continue;
    const [, sign = '', bare = file] = /^([+~]*)(.*)$/.exec(file) ?? [];
    const guess = faultOf(root, bare) === undefined ? `${bare}:${sign}` : nearestFile(root, bare);
    throw new ExpectedFailure({
      kind: 'usage',
      cause: `the params override ${JSON.stringify(override.slice(0, 200))} is for ${file || 'a file without a name'}, ${fault}`,
      hint: guess
        ? `Did you mean ${guess}?`
        : 'Name a params file by its path from the project, such as conf/model.json:lr=0.1; without one it is params.yaml.',
    });
  }
  return [...files.keys()];
}

function faultOf(root: string, file: string): string | undefined {
  const path = join(root, file);
  if (file.startsWith('/') || !contains(root, path)) return 'which is not in the project';
  if (ownAt(normalize(file)) !== undefined) return 'which is no params file';
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return 'which is not there';
  if (!contains(realpathSync(root), realpathSync(path))) return 'which leads out of the project';
  return undefined;
}

function nearestFile(root: string, file: string): string | undefined {
  const folder = dirname(file);
  const place = join(root, folder);
  if (file.startsWith('/') || !contains(root, place) || !existsSync(place)) return undefined;
  if (!statSync(place).isDirectory()) return undefined;
  const names = readdirSync(place).filter((name) => /\.(?:ya?ml|json|toml|py)$/i.test(name));
  const near = closest(basename(file), names);
  return near === undefined || near === basename(file) ? undefined : join(folder, near);
}
