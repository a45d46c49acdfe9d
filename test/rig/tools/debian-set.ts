import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure } from '../../../src/errors.ts';
import { command, onPath } from './command.ts';
import type { ToolSet } from './tool-set.ts';

/**
 * Programs from Debian packages, unpacked and not installed: that needs no root, and starts none of
 * the services that a package brings. Only for packages that depend on nothing but libc.
 */
export function debianSet(packages: Readonly<Record<string, string>>): ToolSet {
  return {
    name: 'debian',
    version: '1',
    programs: Object.fromEntries(
      Object.values(packages).map((path) => [path.slice(path.lastIndexOf('/') + 1), path]),
    ),
    async install(folder) {
      if (onPath('apt-get') === undefined) {
        throw new ExpectedFailure({
          kind: 'usage',
          cause: `${Object.keys(packages).join(' and ')} come from Debian's archive, and this is no Debian`,
          hint: 'Run the tests on Debian or Ubuntu, for example in a container.',
        });
      }
      await mkdir(folder);
      await download(Object.keys(packages), folder);
      for (const file of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
        await command('dpkg-deb', ['--extract', join(folder, file), folder]);
        await rm(join(folder, file));
      }
    },
  };
}

async function download(packages: readonly string[], cwd: string): Promise<void> {
  try {
    await command('apt-get', ['download', ...packages], { cwd });
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await command('apt-get', ['update']); // a fresh machine or container has no package lists
    await command('apt-get', ['download', ...packages], { cwd });
  }
}
