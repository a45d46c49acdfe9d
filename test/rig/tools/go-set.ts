import { join } from 'node:path';
import { command } from './command.ts';
import type { ToolSet } from './tool-set.ts';

/** One program built from a Go module; the Go checksum database vouches for what is downloaded. */
export function goSet(
  name: string,
  module: string,
  version: string,
  go: () => Promise<string>,
): ToolSet {
  return {
    name,
    version,
    programs: { [name]: join('bin', name) },
    async install(folder) {
      // Without cgo no C compiler is needed, and the program runs on any Linux.
      await command(await go(), ['install', `${module}@${version}`], {
        env: { GOBIN: join(folder, 'bin'), CGO_ENABLED: '0' },
      });
    },
  };
}
