import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readConfigSections } from '../dvc/dvc-config.ts';
import { NotUnderstood } from '../dvc/not-understood.ts';
import { ExpectedFailure } from '../errors.ts';
import type { Project } from '../project.ts';
import type { Remote } from '../remote.ts';
import type { Finding } from './check.ts';

/** The folder that a remote is; undefined for one that has an address, or that only DVC reads. */
export function folderOf(remote: Remote, { root }: Project): string | undefined {
  switch (remote.kind) {
    case 'folder':
      return remote.folder;
    case 'address':
      return pathFrom(root, remote.options.url);
    case 'project':
      return pathFrom(join(root, '.dvc'), configuredUrl(root, remote.name));
  }
}

/** A path counts from the folder of the file that names it. */
function pathFrom(folder: string, url: string | undefined): string | undefined {
  return url === undefined || /^\w[\w+.-]*:\/\//.test(url) ? undefined : resolve(folder, url);
}

function configuredUrl(root: string, name: string): string | undefined {
  try {
    const sections = ['config.local', 'config'].map((file) =>
      readConfigSections(join(root, '.dvc', file)).get(`remote "${name.toLowerCase()}"`),
    );
    return sections.map((section) => section?.get('url')).find((url) => url !== undefined);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

/** Puts a file there, gets it back and deletes it. A folder that is not there yet is not made. */
export async function folderFinding({ kind }: Remote, folder: string): Promise<Finding> {
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
    const named = kind === 'folder' ? 'SIBLING_LOCAL_REMOTE' : 'DVC_REMOTE_URL or .dvc/config';
    throw new ExpectedFailure(
      {
        kind: 'remote',
        cause: `the remote, the folder ${folder}, cannot be used: ${(error as Error).message}`,
        hint: `Make it a folder that you may write to, or name another in ${named}.`,
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
