import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../repository.ts';
import { command } from './command.ts';
import { fingerprint, type ToolSet } from './tool-set.ts';

/**
 * Programs from a hash-locked requirements file of this repository, in a virtual environment of
 * their own. `uv` gives the uv to install with.
 */
export function pythonSet(
  name: string,
  requirements: string,
  programs: readonly string[],
  uv: () => Promise<string>,
): ToolSet {
  const lock = join(repository, requirements);
  return {
    name,
    version: fingerprint(readFileSync(lock, 'utf8')),
    programs: Object.fromEntries(programs.map((program) => [program, join('bin', program)])),
    async install(folder) {
      const installer = await uv();
      // Relocatable: its programs find their interpreter relative to themselves, so that the
      // folder can be renamed into place when it is complete.
      await command(installer, ['venv', '--quiet', '--relocatable', '--python', '>=3.11', folder]);
      await command(installer, [
        ...['pip', 'install', '--quiet', '--python', join(folder, 'bin/python')],
        // Compiled now, since a machine may forbid Python to do so: it halves MLflow's start.
        ...['--compile-bytecode', '--require-hashes', '--requirement', lock],
      ]);
    },
  };
}

/** uv itself, by pip, for machines that have no uv. */
export function uvSet(requirements: string): ToolSet {
  const lock = join(repository, requirements);
  return {
    name: 'uv',
    version: fingerprint(readFileSync(lock, 'utf8')),
    programs: { uv: 'bin/uv' },
    async install(folder) {
      await command('python3', [
        ...['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder],
        ...['--require-hashes', '--requirement', lock],
      ]);
    },
  };
}
