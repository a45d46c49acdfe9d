import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePlacement, PlacedFile } from '../container/files/placement.ts';

/**
 * The same files, with a copy below `folder` for what is only read and what the engine cannot see:
 * it lies in this process's own container. `folder` is made when it is needed.
 */
export async function withStandIns(
  placement: FilePlacement,
  files: readonly PlacedFile[],
  folder: string,
): Promise<PlacedFile[]> {
  const placed: PlacedFile[] = [];
  for (const [index, file] of files.entries()) {
    if (!file.readOnly || placement.reaches(file.source)) {
      placed.push(file);
      continue;
    }
    const copy = join(folder, String(index));
    await mkdir(folder, { recursive: true });
    await cp(file.source, copy, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
    placed.push({ ...file, source: copy });
  }
  return placed;
}
