import type { MountSettings } from 'dockerode';
import type { User } from '../system/user.ts';
import type { ContainerOptions } from './create.ts';
import type { ImageId } from './identity/found-image.ts';

/** Everything that decides how a stage's container is made. */
export interface SandboxRequest {
  readonly name: string;
  readonly image: ImageId;
  /** Replaces the image's entrypoint and command; undefined runs what the image brings. */
  readonly command?: readonly string[];
  readonly user: User;
  /** Absolute, inside the container. */
  readonly workingDirectory: string;
  readonly mounts: readonly MountSettings[];
  readonly env: Readonly<Record<string, string>>;
  /** The name of a network of the engine; `none` gives the container no route at all. */
  readonly network: string;
  /** Bytes. */
  readonly memory: number;
  readonly cpus?: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Processes and threads that a stage may have at once. */
const pidsLimit = 4096;

/** Bytes that a stage may write to /tmp, which lives in memory. */
const temporarySpace = 1024 ** 3;

/**
 * The stage container as the engine's create call wants it: no capability, no new privilege, a
 * read-only root with a bounded /tmp, limits on processes and memory, no swap beside the memory
 * (MemorySwap equal to Memory), and an init that reaps and forwards signals.
 */
export function stageContainer(request: SandboxRequest): ContainerOptions & { name: string } {
  return {
    name: request.name,
    Image: request.image,
    ...(request.command && { Entrypoint: [], Cmd: [...request.command] }),
    User: `${request.user.uid}:${request.user.gid}`,
    WorkingDir: request.workingDirectory,
    Env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...request.labels },
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      Mounts: [...request.mounts],
      NetworkMode: request.network,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': `rw,nosuid,nodev,size=${temporarySpace},mode=1777` },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: pidsLimit,
      Memory: request.memory,
      MemorySwap: request.memory,
      ...(request.cpus !== undefined && { NanoCpus: Math.round(request.cpus * 1e9) }),
      Init: true,
    },
  };
}

/**
 * The environment that every stage gets. The ids usually have no passwd entry in the image, and
 * Python's getpass.getuser() (torch and others) raises KeyError then unless USER is set; caches go
 * to the only writable place.
 */
export const baseEnvironment: Readonly<Record<string, string>> = {
  HOME: '/tmp',
  USER: 'sibling',
  LOGNAME: 'sibling',
  XDG_CACHE_HOME: '/tmp/.cache',
  MPLCONFIGDIR: '/tmp/.config/matplotlib',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUNBUFFERED: '1',
  PYTHONHASHSEED: '0',
};
