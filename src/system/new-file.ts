import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a file that must not be there yet (else EEXIST). It appears with its content: whoever finds
 * it finds it whole, wherever its writer is stopped or killed. A file system without hard links has
 * it empty for a moment.
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const prepared = `${path}.new-${randomBytes(6).toString('hex')}`;
  try {
    await write(prepared, text);
    await link(prepared, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && existsSync(dirname(path))) return await writeNewFile(path, text); // cleared away
    if (!noLinks.has(code ?? '')) throw error;
    await write(path, text);
  } finally {
    await rm(prepared, { force: true });
  }
}

/** Of link(2): EPERM is of file systems that have none. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Where the content cannot be written, the disk being full, the file goes again. */
async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
