import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DvcConfig } from '../dvc/config/dvc-config.ts';
import { lockFileOf } from '../dvc/lock/lock.ts';
import { isInProject } from '../dvc/paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';
import type { Project } from '../project/project.ts';
import { contains } from '../system/contains.ts';
import { specialKind } from '../system/read-whole.ts';
import { realPlace } from './private-places.ts';

type JudgedStage = Pick<Stage, 'name' | 'file' | 'line' | 'outs'>;

const dvcFolders = ['.dvc', '.dvc/tmp'];
const dvcFiles = ['.dvc/tmp/lock', '.dvc/tmp/rwlock', '.dvc/tmp/rwlock.lock', '.dvc/tmp/btime'];

/**
 * Throws 'configuration' where DVC writes to a place of its own and something is there that it would
 * end with, or wait for without end: a file for its folder, a folder or a pipe for its file.
 */
export function requireDvcPlaces(
  { root, folders: [workTree = root] }: Pick<Project, 'root' | 'folders'>,
  stages: readonly JudgedStage[],
  { noScm }: Pick<DvcConfig, 'noScm'>,
): void {
  for (const name of dvcFolders) requireKind(root, name, 'folder');
  for (const name of dvcFiles) requireKind(root, name, 'file');
  for (const { file } of stages) requireKind(root, lockFileOf(file), 'file', false);
  if (noScm) return;
  for (const stage of stages) {
    for (const { path, cache } of stage.outs) {
      if (!cache || !isInProject(path)) continue;
      // DVC adds what it caches.
      const ignoreFile = join(dirname(path), '.gitignore');
      requireKind(root, ignoreFile, 'file');
      const real = realPlace(join(root, ignoreFile), 'followed');
      if (!contains(realPlace(workTree, 'followed'), real))
        throw outOfRepository(stage, path, real);
    }
  }
}

/** DVC says so as well, after the stage has run (scmrepo/git, _get_gitignore). */
function outOfRepository(stage: JudgedStage, path: string, real: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `stage ${stage.name} has the out ${path}, which DVC would name in ${real}, outside of the Git repository`,
    hint: 'Let no link on the way lead out, or write cache: false for the out.',
    place: { file: stage.file, line: stage.line },
  });
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
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ELOOP' ? 'circle' : 'absent';
  }
  return lstatSync(path, { throwIfNoEntry: false }) ? 'nowhere' : 'absent';
}

function wordOf(found: Stats | 'nowhere' | 'circle'): string {
  if (found === 'nowhere') return 'a link that leads nowhere';
  if (found === 'circle') return 'a link that leads in a circle';
  return specialKind(found) ?? (found.isDirectory() ? 'a folder' : 'a file');
}
