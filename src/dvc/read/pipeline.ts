import { ExpectedFailure } from '../../errors.ts';
import { FolderListings } from '../hash/folder-listings.ts';
import { preparePython } from '../params/python-values.ts';
import type { Pipeline } from '../pipeline.ts';
import { loadProject } from './load-project.ts';
import { requireParams } from './require-params.ts';

/**
 * Reads the dvc.yaml files and `.dvc` files of the project in `root`, an absolute path, without
 * running anything: stages with every reference resolved, and what depends on what. Throws
 * 'configuration', with file, line and column, for what DVC would refuse, and for params that are
 * not in their file. What only DVC can judge is not thrown but told in `handovers` and in each
 * stage's `notUnderstood`; among that are Python files named in `vars`, until `preparePython` has
 * been awaited. `listings` are those of an answer that looks into the same folders.
 */
export function readPipeline(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  listings: FolderListings = new FolderListings(),
): Pipeline {
  const project = loadProject(root, env, listings);
  const { topLevel, handovers } = project.pipeline;
  if (topLevel.length === 0 && handovers.length === 0) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `there is no dvc.yaml in ${root}, nor in a folder below it that DVC looks into`,
      hint: 'Write one: https://dvc.org/doc/user-guide/project-structure/dvcyaml-files.',
      place: { file: 'dvc.yaml' },
    });
  }
  requireParams(project);
  return project.pipeline;
}

/** As `readPipeline`, and reads Python files named in `vars` too. */
export async function readPipelineWithPython(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  listings: FolderListings = new FolderListings(),
): Promise<Pipeline> {
  const pipeline = readPipeline(root, env, listings);
  if (!pipeline.handovers.some(({ construct }) => construct.includes('Python file'))) {
    return pipeline;
  }
  await preparePython();
  return readPipeline(root, env, listings);
}
