import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedFailure } from '../../errors.ts';
import type { Finding } from '../check.ts';

/** Puts a file there, gets it back and deletes it. A folder that is not there yet is not made. */
export async function folderFinding(folder: string): Promise<Finding> {
  const path = join(folder, `.sibling-doctor-${randomBytes(8).toString('hex')}`);
  try {
    if (!existsSync(folder)) {
      await access(existingAbove(folder), constants.W_OK);
      const text = `the folder ${folder} is not there yet, and can be made`;
      return { state: 'ok', text, value: undefined };
    }
    try {
      await writeFile(path, path, { flag: 'wx' });
      if ((await readFile(path, 'utf8')) !== path) throw new Error('it gives back something else');
    } finally {
      await rm(path, { force: true });
    }
  } catch (error) {
    throw new ExpectedFailure(
      {
        kind: 'remote',
        cause: `the remote, the folder ${folder}, cannot be used: ${(error as Error).message}`,
        hint: `Make it a folder that you may write to, or name another in SIBLING_LOCAL_REMOTE, DVC_REMOTE_URL or .dvc/config, whichever names this one.`,
      },
      { cause: error },
    );
  }
  const text = `put, got and deleted an object in the folder ${folder}`;
  return { state: 'ok', text, value: undefined };
}

function existingAbove(folder: string): string {
  return existsSync(folder) ? folder : existingAbove(dirname(folder));
}
