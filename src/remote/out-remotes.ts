import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configuredPath } from '../dvc/config/files.ts';
import { followRemote, projectRemotes, type RemoteOptions } from '../dvc/config/project-remotes.ts';
import { isUrl } from '../dvc/paths.ts';
import { readPipeline } from '../dvc/read/pipeline.ts';
import { ExpectedFailure } from '../errors.ts';

/** A remote that outs name with `remote:`, so that their data go there and nowhere else. */
export interface OutRemote {
  readonly name: string;
  readonly url: string;
  readonly options: RemoteOptions;
  /** Where its address is a path: absolute, as this process sees it. */
  readonly folder?: string;
}

/**
 * The remotes of the project's files that outs of its dvc.yaml and `.dvc` files name. Where those cannot
 * be read, all that the files name. The pipeline is read only where there is a remote to name.
 */
export function outRemotes(root: string, env: NodeJS.ProcessEnv): readonly OutRemote[] {
  const remotes = projectRemotes(root);
  if (remotes.size === 0) return [];
  const named = namesInOuts(root) ?? [...remotes.keys()];
  return named.flatMap((name) => {
    const found = followRemote(remotes, name);
    if (found === undefined) return [];
    const { text: url, place } = found.url;
    const folder = !isUrl(url) && configuredPath(join(root, place.file), url, env);
    return [{ name, url, options: found.options, ...(folder && { folder }) }];
  });
}

/** Where the folders among them are, for those that are there. */
export function outFolders(root: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const found = outRemotes(root, env).flatMap(({ name, folder }) =>
    folder !== undefined && existsSync(folder) ? [[name, folder] as const] : [],
  );
  return new Map(found);
}

function namesInOuts(root: string): string[] | undefined {
  try {
    const { stages, sources } = readPipeline(root);
    const outs = [...stages, ...sources].flatMap((each) => each.outs);
    return [...new Set(outs.flatMap(({ remote }) => remote?.toLowerCase() ?? []))].sort();
  } catch (error) {
    if (error instanceof ExpectedFailure) return undefined;
    throw error;
  }
}
