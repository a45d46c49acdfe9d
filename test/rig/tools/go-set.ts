import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../repository.ts';
import { command } from './command.ts';
import { fingerprint, type ToolSet } from './tool-set.ts';

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

/** One program built from a folder of this repository, whose go.sum vouches for what it downloads. */
export function ownGoSet(name: string, folder: string, go: () => Promise<string>): ToolSet {
  const source = join(repository, folder);
  const files = ['main.go', 'go.mod', 'go.sum'];
  const texts = files.map((file) => readFileSync(join(source, file), 'utf8'));
  return {
    name,
    version: fingerprint(texts.join('\0')),
    programs: { [name]: join('bin', name) },
    async install(target) {
      await command(await go(), ['build', '-o', join(target, 'bin', name), '.'], {
        cwd: source,
        env: { CGO_ENABLED: '0' },
      });
    },
  };
}
