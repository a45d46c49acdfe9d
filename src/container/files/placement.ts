import type Docker from 'dockerode';

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
  /** What goes into the create call. */
  mounts(files: readonly PlacedFile[]): Docker.MountSettings[];
  /** Between create and start. */
  bringIn(container: Docker.Container, files: readonly PlacedFile[]): Promise<void>;
  /** After exit: makes what the container wrote to the writable files visible to us. */
  takeOut(container: Docker.Container, files: readonly PlacedFile[]): Promise<void>;
}
