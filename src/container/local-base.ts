import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../errors.ts';
import { unlessGone } from './request/unless-status.ts';

/** What stage images are built from: the build argument BASE of their Dockerfiles. */
export interface BaseImage {
  readonly reference: string;
  /** Of the image without a host's certificates: what is built from it has the same name everywhere. */
  readonly id: string;
}

export interface BaseImageRequest {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Aborting stops builds and pulls; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The local image of that name; undefined when there is none. */
export async function localBase(docker: Docker, reference: string): Promise<BaseImage | undefined> {
  const image = await unlessGone(docker.getImage(reference).inspect());
  return image && { reference, id: image.Id };
}

/** As `localBase`, for an image that was just made. */
export async function requiredBase(docker: Docker, reference: string): Promise<BaseImage> {
  const image = await localBase(docker, reference);
  if (!image) throw absentThoughMade(reference);
  return image;
}

/** An engine may end its streamed answer well without having made what it was asked for. */
export function absentThoughMade(reference: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'image',
    cause: `the container engine says that it made the image ${reference}, but does not have it`,
    hint: 'Something removes images meanwhile, or the engine was stopped: look at its log (journalctl -u docker), then run again.',
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
