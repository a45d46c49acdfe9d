import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lockFileOf } from '../dvc/lock.ts';
import { isInProject } from '../dvc/paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import { specialKind } from '../system/read-whole.ts';

const folders = ['.dvc', '.dvc/tmp'];
const files = ['.dvc/tmp/lock', '.dvc/tmp/rwlock', '.dvc/tmp/rwlock.lock', '.dvc/tmp/btime'];

/**
 * Throws 'configuration' where DVC writes to a place of its own and something is there that it would
 * end with, or wait for without end: a file for its folder, a folder or a pipe for its file.
 */
export function requireDvcPlaces(
  root: string,
  stages: readonly Pick<Stage, 'file' | 'outs'>[],
): void {
  for (const name of folders) requireKind(root, name, 'folder');
  for (const name of files) requireKind(root, name, 'file');
  for (const { file } of stages) requireKind(root, lockFileOf(file), 'file', false);
  const written = stages.flatMap(({ outs }) => outs.map(({ path }) => path)).filter(isInProject);
  for (const folder of new Set(written.map((path) => dirname(path)))) {
    requireKind(root, join(folder, '.gitignore'), 'file'); // DVC adds what it caches
  }
}

function requireKind(
  root: string,
  name: string,
  wanted: 'file' | 'folder',
  mayLeadNowhere = wanted === 'file',
): void {
  const path = join(root, name);
  const found = statsOf(path);
  if (found === 'absent' || (found === 'nowhere' && mayLeadNowhere)) return;
  if (typeof found !== 'string') {
    if (wanted === 'folder' ? found.isDirectory() : found.isFile()) return;
  }
  throw new ExpectedFailure({
    kind: 'configuration',
    cause: `${name} is ${wordOf(found)}, where DVC has a ${wanted} of its own`,
    hint: `Move it away (mv ${name} ${name}.old), then run again.`,
    place: { file: name },
  });
}

function statsOf(path: string): Stats | 'absent' | 'nowhere' | 'circle' {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found) return found;
  } catch {
    return 'circle';
  }
  return lstatSync(path, { throwIfNoEntry: false }) ? 'nowhere' : 'absent';
}

function wordOf(found: Stats | 'nowhere' | 'circle'): string {
  if (found === 'nowhere') return 'a link that leads nowhere';
  if (found === 'circle') return 'a link that leads in a circle';
  return specialKind(found) ?? (found.isDirectory() ? 'a folder' : 'a file');
}
