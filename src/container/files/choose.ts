import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { ExpectedFailure } from '../../errors.ts';
import { type Engine, engineSocket } from '../engine.ts';
import type { ImageId } from '../identity/found-image.ts';
import { bindPlacement } from './bind.ts';
import { copyPlacement } from './copy.ts';
import { type ContainerMount, toHostMount } from './host-path.ts';
import { seesFolder } from './nonce.ts';
import { findOwnContainer } from './own-container.ts';
import type { FilePlacement } from './placement.ts';
import { subpathPlacement } from './subpath.ts';

/** What decides how files reach a container, found by looking; see `decidePlacement`. */
export interface PlacementFacts {
  /** What SIBLING_FILES says. */
  readonly wanted: string | undefined;
  /** Mounts of the container that this process runs in; undefined on a host. */
  readonly ownMounts: readonly ContainerMount[] | undefined;
  /** Whether the engine runs on the machine whose file system this process sees, by its name. */
  readonly sameMachine: boolean;
  /** For example `1.41`. */
  readonly apiVersion: string;
}

export type PlacementDecision =
  | { readonly way: 'bind' | 'subpath' | 'copy'; readonly because: string }
  /** Bind mounts if a file of ours is seen there, else copies. */
  | { readonly way: 'try'; readonly because: string };

/**
 * How files in `folder` reach a sibling container. Throws 'configuration' for a wrong SIBLING_FILES.
 */
export function decidePlacement(facts: PlacementFacts, folder: string): PlacementDecision {
  const { wanted, ownMounts, sameMachine, apiVersion } = facts;
  if (wanted === 'bind' || wanted === 'copy') {
    return { way: wanted, because: 'SIBLING_FILES asks for it' };
  }
  if (wanted) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `SIBLING_FILES is ${wanted}`,
      hint: 'It takes bind (mount the folders) or copy (send and fetch the files); unset, the right way is found by looking.',
    });
  }
  if (ownMounts === undefined) {
    return sameMachine
      ? { way: 'bind', because: 'the engine runs on this machine' }
      : { way: 'try', because: 'the engine runs elsewhere' };
  }
  const mount = toHostMount(ownMounts, folder);
  if (mount === undefined) {
    return { way: 'copy', because: `${folder} is in this container’s own layer` };
  }
  if (mount.source !== '') {
    return { way: 'bind', because: `${folder} is ${mount.source} for the engine` };
  }
  return hasSubpath(apiVersion)
    ? { way: 'subpath', because: `${folder} is in the volume ${mount.volume}` }
    : { way: 'copy', because: `the volume ${mount.volume} has no folder on the engine's machine` };
}

/** `VolumeOptions.Subpath` came with API 1.45, Engine 26. */
export function hasSubpath(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  return major > 1 || minor >= 45;
}

/**
 * The way in which files of this process reach a sibling, found by looking at where it runs.
 * `probeImage` gives any image that the engine has, where its mounts have to be looked at.
 */
export async function choosePlacement(
  engine: Engine,
  project: { readonly root: string; readonly id: string },
  env: NodeJS.ProcessEnv,
  probeImage: () => Promise<ImageId | undefined>,
): Promise<FilePlacement> {
  const own = await findOwnContainer(engine.docker);
  const facts = {
    wanted: env.SIBLING_FILES,
    ownMounts: own?.mounts,
    sameMachine:
      engineSocket(engine) !== undefined &&
      engine.name === hostname() &&
      !inUnknownContainer(own !== undefined),
    apiVersion: engine.apiVersion,
  };
  const { way, because } = decidePlacement(facts, project.root);
  switch (way) {
    case 'copy':
      return copyPlacement(because);
    case 'subpath':
      return subpathPlacement(own?.mounts ?? [], because);
    case 'bind':
      return bindPlacement(hostPaths(own?.mounts, facts.wanted !== undefined), because);
    case 'try': {
      const image = await probeImage();
      const sees = image !== undefined && (await seesFolder(engine, image, project));
      return sees
        ? bindPlacement((path) => path, `${because}, and sees ${project.root}`)
        : copyPlacement(`${because}, and does not see ${project.root}`);
    }
  }
}

/** Without mounts of our own, and where it is forced, a path that no mount covers is the engine's too. */
function hostPaths(mounts: readonly ContainerMount[] | undefined, isForced: boolean) {
  if (mounts === undefined) return (path: string) => path;
  return (path: string) => toHostMount(mounts, path)?.source || (isForced ? path : undefined);
}

/** A container that the engine does not know may have the same host name as its machine. */
function inUnknownContainer(isKnown: boolean): boolean {
  return !isKnown && (existsSync('/.dockerenv') || existsSync('/run/.containerenv'));
}
