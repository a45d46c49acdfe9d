import type Docker from 'dockerode';
import type { BaseImage, BaseName } from '../base-image/local.ts';
import { doubtOf, notUsed } from '../identity/doubt.ts';
import { type FoundImage, findImage, type ImageId } from '../identity/found-image.ts';
import { fromRegistry, toRegistry } from '../registry/images.ts';
import { registryOf } from '../registry/registry.ts';
import type { UnmergedRevision } from '../registry/unmerged.ts';
import { buildImage } from './build.ts';
import { pinnedImage } from './pinned.ts';
import { expectationOf, type ImageFolder, planImage } from './planned.ts';
import { leftOutOf, refusePrivateCopies } from './private-copies.ts';

/** What an image is made of. */
export type ImageSource =
  | ImageFolder
  /** An image that exists, by `name@sha256:digest`. */
  | { readonly reference: string };

export interface ImageSurroundings {
  readonly base: BaseImage;
  readonly env: NodeJS.ProcessEnv;
  /** What this run is of, where that is not a branch: its images stay apart in a registry. */
  readonly unmerged: UnmergedRevision | null;
  readonly report: (line: string) => void;
  /** Show the output of builds. */
  readonly verbose: boolean;
  /** Aborting stops builds and transfers; its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface EnsuredImage {
  /** For people. A name may lead elsewhere by the time that a container is made: that takes the id. */
  readonly reference: string;
  /** `sha256:…` of the image's configuration: what was looked at, and what is started. */
  readonly id: ImageId;
  /** `sha256:…` of the base image beneath it; undefined where its Dockerfile takes another one. */
  readonly base?: string;
  readonly source: 'local' | 'registry' | 'built';
  readonly seconds: number;
}

/**
 * Makes sure that the local daemon has an image: looks there first, then in a registry if one is
 * configured, and builds it last. A folder's image is tagged by the hash of everything that it is
 * built from, so that an existing tag is never stale; and it says so itself, by a label, without which
 * it is somebody else's. Throws 'image' or 'configuration'.
 */
export async function ensureImage(
  docker: Docker,
  source: ImageSource,
  surroundings: ImageSurroundings,
): Promise<EnsuredImage> {
  const { base, env, report, signal } = surroundings;
  signal?.throwIfAborted();
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  if ('reference' in source) {
    const { reference } = source;
    const pinned = await pinnedImage(docker, reference, surroundings);
    return { reference, ...pinned, seconds: seconds() };
  }

  const planned = planImage(source, base);
  const { reference } = planned;
  const expected = expectationOf(planned, base);
  const ensured = ({ id }: FoundImage, from: EnsuredImage['source']): EnsuredImage => ({
    reference,
    ...(planned.onBase && { base: base.id }),
    id,
    source: from,
    seconds: seconds(),
  });
  const here = await findImage(docker, reference);
  const doubt = here && doubtOf(here, expected);
  if (here && doubt === undefined) return ensured(here, 'local');
  if (here && doubt !== undefined) report(notUsed(here, expected, doubt));

  const registry = await registryOf(env);
  const pulled = registry && (await fromRegistry(docker, registry, expected, surroundings));
  if (pulled) {
    report(`Pulled image ${reference} (${seconds().toFixed(1)} s)`);
    return ensured(pulled, 'registry');
  }
  const { context, dockerfile } = planned;
  refusePrivateCopies(source.folder, dockerfile, context.leftOut);
  report(`Building image ${reference}`);
  if (context.leftOut.length > 0) report(leftOutOf(context.leftOut));
  const built = await buildImage(docker, planned, surroundings);
  report(`Built image ${reference} (${seconds().toFixed(1)} s)`);
  if (expected.platform !== undefined && built.platform !== expected.platform) {
    report(
      `warning: ${reference} is for ${built.platform}, and this engine runs ${base.engine}: what its Dockerfile starts from is`,
    );
  }
  if (registry) await toRegistry(docker, registry, { reference, id: built.id }, surroundings);
  return ensured(built, 'built');
}

/** The reference that a folder's image has or will have. Throws 'configuration' without a Dockerfile. */
export function expectedReference(source: ImageSource, base: BaseName): string {
  return expectedImage(source, base).reference;
}

/** As `expectedReference`, with the base image beneath it. */
export function expectedImage(
  source: ImageSource,
  base: BaseName,
): Pick<EnsuredImage, 'reference' | 'base'> {
  if ('reference' in source) return { reference: source.reference };
  const { reference, onBase } = planImage(source, base);
  return { reference, ...(onBase && { base: base.id }) };
}
