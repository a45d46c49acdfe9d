import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import {
  enginePlatform,
  type FoundImage,
  findImage,
  type ImageId,
} from '../identity/found-image.ts';

/** What of a base image is in the names of the images that are built from it. */
export interface BaseName {
  /** Of the image without a host's certificates: what is built from it has the same name everywhere. */
  readonly id: string;
  /** What the engine runs, such as `linux/amd64`. */
  readonly engine: string;
}

/** What stage images are built from: the build argument BASE of their Dockerfiles. */
export interface BaseImage extends BaseName {
  readonly reference: string;
  /** The image itself: what the name led to when it was looked at. */
  readonly image: ImageId;
  /** What the image itself runs on. */
  readonly platform: string;
}

export interface BaseImageRequest {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Aborting stops builds and pulls; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Why a found image is not the base that is looked for; see `doubtOf`. */
type Doubt = (found: FoundImage, engine: string) => string | undefined;

/** The local image of that name; undefined when there is none, or one that `doubt` speaks against. */
export async function localBase(
  docker: Docker,
  reference: string,
  doubt: Doubt = () => undefined,
): Promise<BaseImage | undefined> {
  const found = await findImage(docker, reference);
  if (!found) return undefined;
  const { id, platform } = found;
  const engine = await enginePlatform(docker);
  if (doubt(found, engine) !== undefined) return undefined;
  return { reference, id, image: id, platform, engine };
}

/** As `localBase`, for an image that was just made. */
export async function requiredBase(
  docker: Docker,
  reference: string,
  doubt?: Doubt,
): Promise<BaseImage> {
  const image = await localBase(docker, reference, doubt);
  if (!image) throw absentThoughMade(reference);
  return image;
}

/** An engine may end its streamed answer well without having made what it was asked for. */
export function absentThoughMade(reference: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'image',
    cause: `the container engine says that it made the image ${reference}, but does not have it`,
    hint: 'Something removes images or gives their names to others meanwhile, or the engine was stopped: look at its log (journalctl -u docker), then run again.',
  });
}

/** The first 12 hex digits of SHA-256: enough to tell a handful of images apart. */
export function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

/** The time since `begun` (of performance.now) as a person reads it. */
export function secondsSince(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
