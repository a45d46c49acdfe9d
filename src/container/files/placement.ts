import type Docker from 'dockerode';
import type { User } from '../sandbox.ts';

/** Something of ours that a container sees at `target`. */
export interface PlacedFile {
  /** Absolute path as this process sees it. */
  readonly source: string;
  /** Absolute path inside the container. */
  readonly target: string;
  readonly kind: 'file' | 'directory';
  readonly readOnly: boolean;
}

/**
 * How files of this process get into a sibling container and back. The daemon resolves mount
 * sources in its own file system, which need not be ours: so there is more than one way.
 */
export interface FilePlacement {
  readonly kind: 'bind' | 'subpath' | 'copy';
  /** What was seen that this way was chosen for, for messages. */
  readonly because: string;
  /** What goes into the create call. Throws 'configuration' for what this way cannot do. */
  mounts(files: readonly PlacedFile[]): Docker.MountSettings[];
  /**
   * Between create and start: brings the files in, or proves that the container sees them. They
   * belong to `user` there. Throws 'engine' when it does not see them.
   */
  bringIn(container: Docker.Container, files: readonly PlacedFile[], user: User): Promise<void>;
  /** After exit: makes what the container wrote to the writable folders visible to us. */
  takeOut(container: Docker.Container, files: readonly PlacedFile[]): Promise<void>;
}
