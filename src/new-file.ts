import { open, rm } from 'node:fs/promises';

/**
 * Makes a file that must not be there yet (else EEXIST). Where its content cannot be written, the
 * disk being full, the file goes again: an empty one would stand for something.
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
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
