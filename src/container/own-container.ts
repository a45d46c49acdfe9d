import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { ContainerMount } from './host-path.ts';

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

/**
 * Ids that this process's container may have, most trustworthy first. mountinfo names it where the
 * engine mounts /etc/hostname (`/containers/ID/hostname`, Podman: `/overlay-containers/ID/userdata/
 * hostname`); other hexadecimal names in it are image layers. With cgroup v2 and a private
 * namespace /proc/self/cgroup is `0::/`; the hostname is the id only where nobody chose another.
 */
export function candidateIds(facts: OwnContainerFacts): { id: string; foundBy: string }[] {
  const mounted = /\/(?:containers|overlay-containers)\/([0-9a-f]{64})\/(?:userdata\/)?hostname/;
  const grouped = /(?:docker|containers|libpod|crio)[-/]([0-9a-f]{64})/;
  const candidates = [
    { id: facts.override, foundBy: 'SIBLING_CONTAINER_ID' },
    { id: mounted.exec(facts.mountinfo)?.[1], foundBy: '/proc/self/mountinfo' },
    { id: grouped.exec(facts.cgroup)?.[1], foundBy: '/proc/self/cgroup' },
    { id: facts.hostname, foundBy: 'the hostname' },
  ];
  return candidates.flatMap(({ id, foundBy }) => (id ? [{ id, foundBy }] : []));
}

/**
 * The container that this process runs in; undefined on a host, or where the engine is not the one
 * that runs it. A candidate counts only when a file that we write appears in it.
 */
export async function findOwnContainer(
  docker: Docker,
  facts: OwnContainerFacts = readFacts(),
): Promise<OwnContainer | undefined> {
  for (const { id, foundBy } of candidateIds(facts)) {
    const container = docker.getContainer(id);
    const info = await container.inspect().catch(() => undefined);
    if (info?.State.Running && (await isOurs(container))) {
      return { id: info.Id, mounts: info.Mounts, foundBy };
    }
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

/** Writes a file here and asks the engine for it there. */
async function isOurs(container: Docker.Container): Promise<boolean> {
  const path = join(tmpdir(), `sibling-${randomBytes(8).toString('hex')}`);
  await writeFile(path, '');
  try {
    await container.infoArchive({ path });
    return true;
  } catch {
    return false;
  } finally {
    await rm(path, { force: true });
  }
}
