import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderName, type ToolSet } from './tool-set.ts';

/**
 * Installs a set into `tools` unless it is there, and says whether it had to. The set appears
 * complete or not at all: it is made in a folder of its own and renamed, so that a killed
 * installation leaves nothing half done, and of two at once the first to finish wins.
 */
export async function installSet(set: ToolSet, tools: string): Promise<boolean> {
  const folder = join(tools, folderName(set));
  if (existsSync(folder)) return false;
  await mkdir(tools, { recursive: true });
  await removeAbandoned(tools);
  const unfinished = join(tools, `.${folderName(set)}.${process.pid}`);
  try {
    await set.install(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (existsSync(folder)) return false;
    throw error;
  }
  return true;
}

/** Removes the unfinished folders of processes that are gone. */
async function removeAbandoned(tools: string): Promise<void> {
  for (const name of await readdir(tools)) {
    const pid = /^\..*\.(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(tools, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
