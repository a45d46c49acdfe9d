import type { FilePlacement } from './placement.ts';

/**
 * Bind mounts, where the daemon can see our files. `hostPath` translates one of our paths into the
 * daemon's file system: the identity for a process on the host. The Mounts form is used because,
 * unlike Binds, it fails for a missing source instead of creating a root-owned folder.
 */
export function bindPlacement(hostPath: (path: string) => string): FilePlacement {
  return {
    kind: 'bind',
    mounts: (files) =>
      files.map((file) => ({
        Type: 'bind',
        Source: hostPath(file.source),
        Target: file.target,
        ReadOnly: file.readOnly,
      })),
    bringIn: async () => undefined,
    takeOut: async () => undefined,
  };
}
