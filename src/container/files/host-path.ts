import { posix } from 'node:path';

/** A mount of a container as `docker inspect` lists it. */
export interface ContainerMount {
  readonly Type?: string;
  readonly Name?: string | undefined;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string | undefined;
}

/** Where a path of a container lies for the daemon. */
export interface HostMount {
  readonly kind: 'bind' | 'volume';
  /** In the daemon's file system: certain for a bind; a volume's driver may have another or none (''). */
  readonly source: string;
  /** The volume's name and the path within it. */
  readonly volume?: string;
  readonly subpath?: string;
}

/**
 * Translates a container's absolute path by the mount that covers it most closely. Undefined where
 * the daemon has no path for it: in the container's own layer, or in memory (tmpfs).
 */
export function toHostMount(
  mounts: readonly ContainerMount[],
  path: string,
): HostMount | undefined {
  const wanted = posix.normalize(path);
  let best: ContainerMount | undefined;
  for (const mount of mounts) {
    if (!covers(mount.Destination, wanted)) continue;
    if (!best || mount.Destination.length > best.Destination.length) best = mount;
  }
  if (best?.Type !== 'bind' && best?.Type !== 'volume') return undefined;
  const rest = posix.relative(best.Destination, wanted);
  const source = best.Source === '' ? '' : posix.join(best.Source, rest);
  if (best.Type === 'bind') return { kind: 'bind', source };
  return { kind: 'volume', source, volume: best.Name ?? '', subpath: rest };
}

function covers(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
}
