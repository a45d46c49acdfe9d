import { join, resolve } from 'node:path';
import type { PlacedFile } from '../../container/files/placement.ts';
import { loadProject } from '../../dvc/read/load-project.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { Project } from '../../project/project.ts';
import { readWhole } from '../../system/read-whole.ts';
import { hiddenCache } from '../dvc-folders.ts';
import { Found, type Refusal } from '../found.ts';
import { gatherFiles } from '../gather-files.ts';
import { guardedHome } from '../guarded-home.ts';
import { Sight } from '../sight.ts';
import { realOr } from '../what-is-there.ts';

/** What a project names outside of itself. */
export interface Outside {
  /** To be mounted where the project's own folders are, for DVC to find what its files name. */
  readonly files: readonly PlacedFile[];
  /** What a stage names that it cannot be given; only a run of that stage needs to end with it. */
  readonly refusals: readonly Refusal[];
}

/**
 * Finds what a project names outside of `seen`, the folders that DVC's container has: deps, params
 * and vars, through links or by their paths, what `.dvc` files were imported from, and where links
 * lead that outs are written through. `cacheFolder` comes first, for it is written to.
 */
export function findOutside(
  project: Project,
  cacheFolder: string,
  seen: readonly PlacedFile[],
  env: NodeJS.ProcessEnv = process.env,
): Outside {
  const { root } = project;
  const owned = { root: realOr(root), home: guardedHome(env) };
  const found = new Found(new Sight(seen), owned, cacheFolder);
  if (!found.show(cacheFolder, false, 'only DVC')) throw hiddenCache(cacheFolder);
  for (const name of ['.dvc', '.dvc/tmp', '.git']) found.show(join(root, name), false, 'only DVC');
  for (const path of borrowedObjects(project.folders)) found.show(path, true, 'only DVC');
  for (const name of ['.dvc/config', '.dvc/config.local', '.dvcignore']) {
    found.show(join(root, name), true, 'only DVC');
  }
  const read = tryLoad(root, env);
  if (read) {
    const { pipeline, files, dvcIgnore, origins } = read;
    for (const { outs } of pipeline.sources) {
      for (const { path } of outs) found.showParent(root, path, 'only DVC');
    }
    // What is written comes first: a folder that is mounted to be read would hide it.
    for (const stage of pipeline.stages) {
      for (const { path } of stage.outs) {
        found.judgeOut(root, stage, path);
        found.judgeLeftOut(root, stage, path, dvcIgnore);
      }
    }
    for (const path of files) found.show(resolve(root, path), true, 'only DVC');
    for (const stage of pipeline.stages) {
      for (const path of stage.deps) found.showDep(root, path, dvcIgnore, stage);
      const vars = origins.get(stage.address)?.resolved.varsFiles ?? [];
      found.judgeReads(stage, vars);
      found.judgePlaces(root, stage);
      found.judgeWorkingFolder(root, stage, pipeline);
    }
    for (const { deps, outs } of pipeline.sources) {
      for (const path of [...deps, ...outs.map((out) => out.path)]) {
        found.showDep(root, path, dvcIgnore, 'only DVC');
      }
    }
  }
  return { files: gatherFiles(found.files), refusals: found.refusals };
}

/** Git repositories whose objects one of these uses (`git clone --reference`). */
function borrowedObjects(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const objects = join(folder, folder.endsWith('.git') ? 'objects' : '.git/objects');
    try {
      const lines = readWhole(join(objects, 'info/alternates')).toString('utf8').split('\n');
      return lines.filter((line) => line !== '').map((line) => resolve(objects, line));
    } catch {
      return [];
    }
  });
}

/** What is wrong with the project's files is for those to say who cannot do without them. */
function tryLoad(root: string, env: NodeJS.ProcessEnv) {
  try {
    return loadProject(root, env);
  } catch (error) {
    if (error instanceof ExpectedFailure) return undefined;
    throw error;
  }
}
