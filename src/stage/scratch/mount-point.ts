import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PlacedFile } from '../../container/files/placement.ts';

/** A place in a folder of ours over which something is mounted. */
export async function makeMountPoint(path: string, kind: PlacedFile['kind']): Promise<void> {
  await mkdir(kind === 'directory' ? path : dirname(path), { recursive: true });
  if (kind === 'file') await writeFile(path, '');
}
