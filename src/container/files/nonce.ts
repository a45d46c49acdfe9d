import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type Docker from 'dockerode';
import { createContainer } from '../create.ts';
import type { Engine } from '../engine.ts';
import type { ImageId } from '../identity/found-image.ts';
import { ownershipLabels } from '../labels.ts';
import { removeContainer } from '../remove.ts';
import { refusedWith } from '../request/engine-failure.ts';
import type { PlacedFile } from './placement.ts';
import { hasFile, statIn } from './shared-file.ts';

/**
 * Whether a container has `folder` of ours at `target`: writes a file there and asks the engine for
 * it in the container, which need not run. A folder of the same name that is another one, empty or
 * not, does not have it.
 */
export async function hasOurFolder(
  container: Docker.Container,
  folder: string,
  target: string,
): Promise<boolean> {
  const name = `.sibling-${randomBytes(8).toString('hex')}`;
  await writeFile(join(folder, name), '', { flag: 'wx' });
  try {
    return await hasFile(container, posix.join(target, name));
  } finally {
    await rm(join(folder, name), { force: true });
  }
}

/**
 * Whether a container has what we have at `file.source`: proved by a file that is written there, or,
 * where nothing may be written, by size and time of what is there.
 */
export async function hasOurs(container: Docker.Container, file: PlacedFile): Promise<boolean> {
  const { source, target, kind, readOnly } = file;
  if (kind === 'directory' && !readOnly) {
    try {
      return await hasOurFolder(container, source, target);
    } catch (error) {
      if (!['EACCES', 'EROFS', 'EPERM'].includes((error as { code?: string }).code ?? ''))
        throw error;
    }
  }
  const [ours, theirs] = [await stat(source), await statIn(container, target)];
  if (theirs === undefined) return false;
  const sameTime = Math.abs(ours.mtimeMs - Date.parse(theirs.mtime)) < 2_000;
  return sameTime && (kind === 'directory' || ours.size === theirs.size);
}

/** Whether the engine can mount a project by the path that it has here; starts no container. */
export async function seesFolder(
  engine: Engine,
  image: ImageId,
  { root, id }: { readonly root: string; readonly id: string },
): Promise<boolean> {
  const probe = join(root, '.sibling');
  await mkdir(probe, { recursive: true });
  const target = '/probe';
  try {
    const container = await createContainer(engine, {
      Image: image,
      Cmd: ['true'],
      Labels: ownershipLabels({ run: 'probe', project: id, role: 'stage' }),
      HostConfig: { Mounts: [{ Type: 'bind', Source: probe, Target: target, ReadOnly: true }] },
    });
    try {
      return await hasOurFolder(container, probe, target);
    } finally {
      await removeContainer(container);
    }
  } catch (error) {
    // 400: there is no such folder on the engine's machine.
    if (refusedWith(error) === 400) return false;
    throw error;
  }
}
