import type { MountSettings } from 'dockerode';
import { requireOurs, unseen } from './bind.ts';
import { type ContainerMount, type HostMount, toHostMount } from './host-path.ts';
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
  const mountOf = (path: string) => toHostMount(ownMounts, path);
  return {
    kind: 'subpath',
    because,
    reaches: (path) => mountOf(path) !== undefined,
    mounts: (files) =>
      files.map((file) => {
        const mount = mountOf(file.source);
        if (mount === undefined) throw unseen(file.source, because);
        const { kind, source, volume = '', subpath = '' } = mount;
        if (kind === 'bind') {
          return { Type: 'bind', Source: source, Target: file.target, ReadOnly: file.readOnly };
        }
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
      requireOurs(container, files, (path) => wordsFor(mountOf(path)), because),
    takeOut: async () => undefined,
  };
}

function wordsFor(mount: HostMount | undefined): string {
  return mount?.kind === 'volume' ? `${mount.volume}:${mount.subpath}` : (mount?.source ?? '');
}
