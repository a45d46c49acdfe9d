import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { ExpectedFailure } from '../../errors.ts';
import { refusedWith } from '../request/engine-failure.ts';
import type { ContainerMount } from './host-path.ts';
import { seesOurFiles } from './shared-file.ts';

/** The container that this process runs in, as the engine knows it. */
export interface OwnContainer {
  readonly id: string;
  readonly mounts: readonly ContainerMount[];
  /** How its id was found, for messages. */
  readonly foundBy: string;
}

/** Where a process can read about its own container. */
export interface OwnContainerFacts {
  readonly override: string | undefined;
  readonly mountinfo: string;
  readonly cgroup: string;
  readonly hostname: string;
}

/** An id that this process's container may have. */
export interface CandidateId {
  readonly id: string;
  readonly foundBy: string;
  /** Given on purpose or by the kernel: believed where nothing can prove or disprove it. */
  readonly trusted: boolean;
}

/**
 * Ids that this process's container may have, most trustworthy first. mountinfo names it where the
 * engine mounts /etc/hostname (`/containers/ID/hostname`, Podman: `/overlay-containers/ID/userdata/
 * hostname`); other hexadecimal names in it are image layers. A container in another's network
 * namespace has the other's /etc/hostname, so that even this one needs proof. With cgroup v2 and a
 * private namespace /proc/self/cgroup is `0::/`; the hostname is the id only where nobody chose
 * another.
 */
export function candidateIds(facts: OwnContainerFacts): CandidateId[] {
  const mounted = /\/(?:containers|overlay-containers)\/([0-9a-f]{64})\/(?:userdata\/)?hostname /;
  const grouped = /(?:docker|containers|libpod|crio)[-/]([0-9a-f]{64})/;
  const candidates = [
    { id: facts.override, foundBy: 'SIBLING_CONTAINER_ID', trusted: true },
    { id: mounted.exec(facts.mountinfo)?.[1], foundBy: '/proc/self/mountinfo', trusted: true },
    { id: grouped.exec(facts.cgroup)?.[1], foundBy: '/proc/self/cgroup', trusted: true },
    { id: facts.hostname, foundBy: 'the hostname', trusted: false },
  ];
  return candidates.flatMap(({ id, ...rest }) => (id ? [{ id, ...rest }] : []));
}

/**
 * The container that this process runs in; undefined on a host, or where the engine is not the one
 * that runs it. A candidate counts when a file that we write appears in it. Throws 'configuration'
 * when SIBLING_CONTAINER_ID names a container that is not ours.
 */
export async function findOwnContainer(
  docker: Docker,
  facts: OwnContainerFacts = readFacts(),
): Promise<OwnContainer | undefined> {
  for (const { id, foundBy, trusted } of candidateIds(facts)) {
    const container = docker.getContainer(id);
    const info = await inspect(container);
    if (info?.State.Running) {
      const mounts = mountsOf(info);
      const proof = await seesOurFiles(container, mounts);
      if (proof === 'yes' || (proof === 'unknown' && trusted)) {
        return { id: info.Id, mounts, foundBy };
      }
    }
    if (id === facts.override) throw notOurs(id, info);
  }
  return undefined;
}

function readFacts(): OwnContainerFacts {
  return {
    override: process.env.SIBLING_CONTAINER_ID,
    mountinfo: readOr('/proc/self/mountinfo', ''),
    cgroup: readOr('/proc/self/cgroup', ''),
    hostname: hostname(),
  };
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Undefined when the engine knows no such container, or takes the name for none. */
async function inspect(
  container: Docker.Container,
): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (error) {
    const status = refusedWith(error) ?? 0;
    if (status >= 400 && status < 500) return undefined;
    throw error;
  }
}

/** Folders in memory count too, since they hide what a mount above them has at their place. */
function mountsOf(info: Docker.ContainerInspectInfo): ContainerMount[] {
  const inMemory = Object.keys(info.HostConfig.Tmpfs ?? {});
  return [
    ...info.Mounts,
    ...inMemory.map((Destination) => ({ Type: 'tmpfs', Source: '', Destination })),
  ];
}

function notOurs(id: string, info: Docker.ContainerInspectInfo | undefined): ExpectedFailure {
  const why = info ? 'a file written here does not appear in it' : 'the engine does not know it';
  return new ExpectedFailure({
    kind: 'configuration',
    cause: `SIBLING_CONTAINER_ID names ${id}, which is not the container that this runs in: ${why}`,
    hint: 'Unset SIBLING_CONTAINER_ID, or set it to the id or name that `docker ps` shows for this container.',
  });
}
