import { realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isUrl } from '../dvc/paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import type { Project } from '../dvc/read/load-project.ts';
import { oddEntries } from '../outside/links-out.ts';
import { imageName } from '../stage/options/options.ts';
import { contains } from '../system/contains.ts';

/** Something that a stage reads. */
export interface StageRead {
  readonly stage: Stage;
  /** Relative to the project's root, or absolute. */
  readonly path: string;
  /** As dvc.yaml has it. */
  readonly written: string;
  /** What follows the stage's name in a sentence: `depends on x`. */
  readonly text: string;
}

/** All files and folders that the stages read: deps, params, vars and the folders of their images. */
export function stageReads({ pipeline, origins }: Project): StageRead[] {
  const { root, stages } = pipeline;
  return stages.flatMap((stage) => {
    const image = imageName(stage);
    const varsFiles = origins.get(stage.address)?.resolved.varsFiles ?? [];
    const read = [
      ...stage.deps.map((path) => ({ path, verb: 'depends on' })),
      ...stage.params.map(({ path }) => ({ path, verb: 'has params in' })),
      ...varsFiles.map((path) => ({ path, verb: 'has vars in' })),
      ...(isFolder(resolve(root, image)) ? [{ path: image, verb: 'has its image in' }] : []),
    ];
    return read
      .filter(({ path }) => !isUrl(path))
      .map(({ path, verb }) => {
        const written = stage.written.get(path) ?? path;
        return { stage, path, written, text: `${verb} ${written}` };
      });
  });
}

/** The links in a folder of the repository that lead out of it; none for a file. Absolute paths. */
export function linksIn(full: string, { pipeline, dvcIgnore, config }: Project): string[] {
  if (!isFolder(full)) return [];
  const { root } = pipeline;
  const within = contains(root, full) ? { root, dvcIgnore } : undefined;
  return [...oddEntries(full, config.cacheFolder, within)].flatMap(({ path, special }) =>
    special === undefined ? [path] : [],
  );
}

/** A path without links, as far as it is there. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path)
      ? path
      : join(realOf(dirname(path)), relative(dirname(path), path));
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
