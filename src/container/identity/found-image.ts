import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { unlessGone } from '../request/unless-status.ts';

/** What an image is, by content: unlike a name, nobody can give it to another one. */
export type ImageId = `sha256:${string}`;

/** An image that the engine has, as it was when it was looked at. */
export interface FoundImage {
  readonly id: ImageId;
  /** What it runs on, such as `linux/amd64`. */
  readonly platform: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The image that has a name, or an id, now; undefined when there is none. */
export async function findImage(
  docker: Docker,
  reference: string,
): Promise<FoundImage | undefined> {
  const found = await unlessGone(docker.getImage(reference).inspect());
  if (!found) return undefined;
  return {
    id: imageId(found.Id),
    platform: `${found.Os}/${found.Architecture}`,
    labels: found.Config?.Labels ?? {},
  };
}

/** Any image that the engine has, for a container that is looked at and never started. */
export async function anyImage(docker: Docker): Promise<ImageId | undefined> {
  const [first] = await docker.listImages();
  return first && imageId(first.Id);
}

/** Older Podman engines leave the algorithm out. */
function imageId(id: string): ImageId {
  return id.startsWith('sha256:') ? (id as ImageId) : `sha256:${id}`;
}

/** What the engine's machine runs, such as `linux/amd64`, whatever this process runs on. */
export async function enginePlatform(docker: Docker): Promise<string> {
  const { Os: system, Arch: architecture } = await docker.version();
  if (system && architecture) return `${system}/${architecture}`;
  throw new ExpectedFailure({
    kind: 'engine',
    cause: 'the container engine does not tell for which system and architecture it runs images',
    hint: 'Look at what it says of itself (docker version), and update it.',
  });
}
