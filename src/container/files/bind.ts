import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { hasOurs } from './nonce.ts';
import type { FilePlacement, PlacedFile } from './placement.ts';

/**
 * Bind mounts, where the daemon can see our files. `hostPath` translates one of our paths into the
 * daemon's file system: the identity for a process on the host, undefined for what the daemon has
 * no path for. The Mounts form is used because, unlike Binds, it fails for a missing source instead
 * of creating a root-owned folder.
 */
export function bindPlacement(
  hostPath: (path: string) => string | undefined,
  because: string,
): FilePlacement {
  return {
    kind: 'bind',
    because,
    reaches: (path) => hostPath(path) !== undefined,
    mounts: (files) =>
      files.map((file) => {
        const Source = hostPath(file.source);
        if (Source === undefined) throw unseen(file.source, because);
        return { Type: 'bind', Source, Target: file.target, ReadOnly: file.readOnly };
      }),
    bringIn: (container, files) =>
      requireOurs(container, files, (path) => hostPath(path) ?? path, because),
    takeOut: async () => undefined,
  };
}

/**
 * Most mistakes with host paths show as a silently empty folder, so each container proves that it
 * has ours before it starts: the project's, and each that lies apart from it.
 */
export async function requireOurs(
  container: Docker.Container,
  files: readonly PlacedFile[],
  hostPath: (path: string) => string,
  because: string,
): Promise<void> {
  const first = files.find((file) => file.kind === 'directory' && !file.readOnly);
  const apart = files.filter((file) => file.apart && file !== first).slice(0, mostProofs);
  for (const file of [...(first ? [first] : []), ...apart]) {
    if (await hasOurs(container, file)) continue;
    throw new ExpectedFailure({
      kind: 'engine',
      cause: `the container engine mounts another ${file.kind === 'file' ? 'file' : 'folder'} than ${file.source}: ${file.readOnly ? 'what is there' : 'a file written there'} does not appear in the container`,
      hint: `Tried: a mount of ${hostPath(file.source)}, because ${because}. Set SIBLING_FILES=copy to send the files instead, or SIBLING_CONTAINER_ID if this runs in a container (docs/DOCKER_SOCKET.md).`,
    });
  }
}

/** Each proof is a question to the engine; where so many are right, the others are. */
const mostProofs = 50;

/** What lies in this process's container, and in no folder that it shares with the engine. */
export function unseen(path: string, because: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'engine',
    cause: `the container engine cannot see ${path}: it is in this container’s own layer, and what is written there would be lost with it`,
    hint: `Mount it into this container, as the project is (${because}), or set SIBLING_FILES=copy to send the files instead (docs/DOCKER_SOCKET.md).`,
  });
}
