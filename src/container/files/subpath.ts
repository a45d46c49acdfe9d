import type { MountSettings } from 'dockerode';
import { type ContainerMount, toHostMount } from '../host-path.ts';
import { requireOurs } from './bind.ts';
import type { FilePlacement } from './placement.ts';

/**
 * Parts of a volume, for a volume whose driver has no folder that could be bound. Needs API 1.45;
 * dockerode's types do not know the option yet
 * (https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerCreate).
 */
export function subpathPlacement(
  ownMounts: readonly ContainerMount[],
  because: string,
): FilePlacement {
  const volumeOf = (path: string) => {
    const mount = toHostMount(ownMounts, path);
    return { volume: mount?.volume ?? '', subpath: mount?.subpath ?? '' };
  };
  return {
    kind: 'subpath',
    because,
    mounts: (files) =>
      files.map((file) => {
        const { volume, subpath } = volumeOf(file.source);
        const VolumeOptions = { NoCopy: true, Subpath: subpath };
        return {
          Type: 'volume',
          Source: volume,
          Target: file.target,
          ReadOnly: file.readOnly,
          VolumeOptions,
        } as unknown as MountSettings;
      }),
    bringIn: (container, files) =>
      requireOurs(container, files, (path) => Object.values(volumeOf(path)).join(':'), because),
    takeOut: async () => undefined,
  };
}
