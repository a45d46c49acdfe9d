import type Docker from 'dockerode';
import type { User } from '../../system/user.ts';

/** Something of ours that a container sees at `target`. */
export interface PlacedFile {
  /** Absolute path as this process sees it. */
  readonly source: string;
  /** Absolute path inside the container. */
  readonly target: string;
  readonly kind: 'file' | 'directory';
  readonly readOnly: boolean;
  /** Lies apart from the project's folder, so that who sees that need not see this. */
  readonly apart?: boolean;
}

/**
 * How files of this process get into a sibling container and back. The daemon resolves mount
 * sources in its own file system, which need not be ours: so there is more than one way.
 */
export interface FilePlacement {
  readonly kind: 'bind' | 'subpath' | 'copy';
  /** What was seen that this way was chosen for, for messages. */
  readonly because: string;
  /** Whether what this process has at a path can be given to a container as it is. */
  reaches(path: string): boolean;
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
