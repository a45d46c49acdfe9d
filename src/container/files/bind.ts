import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { hasOurFolder } from './nonce.ts';
import type { FilePlacement, PlacedFile } from './placement.ts';

/**
 * Bind mounts, where the daemon can see our files. `hostPath` translates one of our paths into the
 * daemon's file system: the identity for a process on the host. The Mounts form is used because,
 * unlike Binds, it fails for a missing source instead of creating a root-owned folder.
 */
export function bindPlacement(hostPath: (path: string) => string, because: string): FilePlacement {
  return {
    kind: 'bind',
    because,
    mounts: (files) =>
      files.map((file) => ({
        Type: 'bind',
        Source: hostPath(file.source),
        Target: file.target,
        ReadOnly: file.readOnly,
      })),
    bringIn: (container, files) => requireOurs(container, files, hostPath, because),
    takeOut: async () => undefined,
  };
}

/**
 * Most mistakes with host paths show as a silently empty folder, so each container proves that it
 * has ours before it starts.
 */
export async function requireOurs(
  container: Docker.Container,
  files: readonly PlacedFile[],
  hostPath: (path: string) => string,
  because: string,
): Promise<void> {
  const folder = files.find((file) => file.kind === 'directory' && !file.readOnly);
  if (!folder || (await hasOurFolder(container, folder.source, folder.target))) return;
  throw new ExpectedFailure({
    kind: 'engine',
    cause: `the container engine mounts another folder than ${folder.source}: a file written there does not appear in the container`,
    hint: `Tried: a mount of ${hostPath(folder.source)}, because ${because}. Set SIBLING_FILES=copy to send the files instead, or SIBLING_CONTAINER_ID if this runs in a container (docs/DOCKER_SOCKET.md).`,
  });
}
