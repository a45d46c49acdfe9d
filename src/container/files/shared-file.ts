import { randomBytes } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { posix } from 'node:path';
import type Docker from 'dockerode';
import * as v from 'valibot';
import { unlessGone } from '../request/unless-status.ts';
import type { ContainerMount } from './host-path.ts';

/** TMPFS_MAGIC of statfs(2). */
const tmpfsType = 0x01021994;

/**
 * Whether this process and a container see the same files: writes one here and asks the engine for
 * it there. Unknown when no folder serves as a witness: one must be writable, and not in memory,
 * which the engine's archive API does not see into.
 */
export async function seesOurFiles(
  container: Docker.Container,
  mounts: readonly ContainerMount[],
): Promise<'yes' | 'no' | 'unknown'> {
  // Mounts come last, for containers that share one see the same files in it.
  const folders = [tmpdir(), '/var/tmp', '/', ...mounts.map(({ Destination }) => Destination)];
  for (const folder of folders) {
    if (await isInMemory(folder)) continue;
    const path = posix.join(folder, `.sibling-${randomBytes(8).toString('hex')}`);
    try {
      await writeFile(path, '', { flag: 'wx' });
    } catch {
      continue; // read-only, or a file
    }
    try {
      return (await hasFile(container, path)) ? 'yes' : 'no';
    } finally {
      await rm(path, { force: true });
    }
  }
  return 'unknown';
}

async function isInMemory(folder: string): Promise<boolean> {
  try {
    return (await statfs(folder)).type === tmpfsType;
  } catch {
    return false; // not there: writing will tell
  }
}

/** Whether a container, which need not run, has something at `path`. */
export async function hasFile(container: Docker.Container, path: string): Promise<boolean> {
  return (await unlessGone(container.infoArchive({ path }))) !== undefined;
}

/**
 * Size and time of what a container, which need not run, has at `path`; undefined if nothing
 * (https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerArchiveInfo).
 */
export async function statIn(
  container: Docker.Container,
  path: string,
): Promise<{ readonly size: number; readonly mtime: string } | undefined> {
  const answer = await unlessGone(container.infoArchive({ path }));
  if (answer === undefined) return undefined;
  const { headers } = answer as unknown as { headers: Record<string, string | undefined> };
  const stat = Buffer.from(headers['x-docker-container-path-stat'] ?? '', 'base64').toString();
  try {
    return v.parse(statSchema, JSON.parse(stat));
  } catch {
    return undefined; // no engine's word for anything
  }
}

const statSchema = v.object({ size: v.number(), mtime: v.string() });
