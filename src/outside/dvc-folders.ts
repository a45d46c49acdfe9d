import { lstatSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlacedFile } from '../container/files/placement.ts';
import { type DvcConfig, readDvcConfig } from '../dvc/config/dvc-config.ts';
import { ExpectedFailure } from '../errors.ts';
import { makeFolders, type Project } from '../project/project.ts';
import { contains } from '../system/contains.ts';
import { NotUnderstood } from '../text/not-understood.ts';
import { hidesRunner } from './guarded-places.ts';
import { realPlace } from './private-places.ts';

/** The folder of DVC's cache and how DVC takes files out of it, in a container of its own. */
export interface CachePlan {
  /** Absolute, as DVC's configuration on this machine has it. */
  readonly folder: string;
  /** The folders that DVC writes to: the project's, and maybe one that holds them and the cache. */
  readonly folders: readonly string[];
  /** `cache.type`, in place of the configured one. */
  readonly linkTypes?: readonly string[];
}

/**
 * Where DVC's cache is, as for DVC on this machine. Throws 'configuration' where its configuration
 * is beyond this reader: DVC in a container would look for the cache there.
 */
export function cacheConfig(root: string, env: NodeJS.ProcessEnv = process.env): DvcConfig {
  try {
    return readDvcConfig(root, env);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `where DVC's cache is cannot be told for ${error.construct}`,
      hint: 'Write it as dvc config does: [cache] on a line, dir = PATH on the next.',
      place: error.place ?? { file: '.dvc/config' },
    });
  }
}

/**
 * Makes DVC's cache folder, as DVC would, and says with which folders a container has it. Hard links
 * cannot lead from one mount to another, even on one disk: where DVC is told to make them, the
 * folder that holds both project and cache is mounted as one, unless that is the machine's own.
 */
export async function planCache(
  project: Project,
  { cacheFolder, linkTypes }: Pick<DvcConfig, 'cacheFolder' | 'linkTypes'>,
  canJoin: (folder: string) => boolean,
): Promise<CachePlan> {
  const { folders, root } = project;
  const plan = { folder: cacheFolder, folders };
  // DVC makes its own when it needs it; whoever names another folder has it made, or hears why not.
  const isStandard = cacheFolder === join(root, '.dvc/cache');
  if (isStandard && !isThere(cacheFolder)) return plan;
  for (const place of [cacheFolder, realPlace(cacheFolder, 'followed')]) {
    if (hidesRunner(place, 'file')) throw hiddenCache(cacheFolder);
  }
  await makeCache(project, cacheFolder);
  const real = await realpath(cacheFolder);
  if (folders.some((folder) => contains(folder, real))) return plan;
  if (!linkTypes.includes('hardlink')) return plan;
  if ((await stat(real)).dev !== (await stat(root)).dev) return plan;
  const joint = commonFolder(root, real);
  if (
    joint !== '/' &&
    !hidesRunner(join(joint, 'any'), 'file') &&
    canBeJoint(joint) &&
    canJoin(joint)
  ) {
    return {
      folder: cacheFolder,
      folders: [joint, ...folders.filter((each) => !contains(joint, each))],
    };
  }
  return { ...plan, linkTypes: [...new Set([...linkTypes, 'copy'])] };
}

/** The temporary folder holds nothing that the dvc-runner runs by. */
function canBeJoint(folder: string): boolean {
  return folder === '/tmp' || !hidesRunner(folder, 'directory');
}

function commonFolder(one: string, other: string): string {
  let folder = one;
  while (!contains(folder, other)) folder = dirname(folder);
  return folder;
}

async function makeCache({ user }: Project, folder: string): Promise<void> {
  try {
    await makeFolders(folder, user);
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `DVC's cache is to be ${folder}, which cannot be made (${code})`,
      hint: 'Let cache.dir of DVC’s configuration (dvc config cache.dir --show-origin) name a folder that you may write to.',
    });
  }
}

/** A cache where the dvc-runner has its own files, or the kernel has. */
export function hiddenCache(folder: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `DVC's cache is to be ${folder}, where DVC’s container has its own programs`,
    hint: 'Let cache.dir of DVC’s configuration name another folder (dvc config --list --show-origin).',
  });
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

export function projectFolders(plan: CachePlan): PlacedFile[] {
  return plan.folders.map((folder) => ({
    source: folder,
    target: folder,
    kind: 'directory',
    readOnly: false,
  }));
}
