import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ExpectedFailure } from '../../../src/errors.ts';

const run = promisify(execFile);

/** Runs an installer to its end; its own last words become the details when it fails. */
export async function command(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  try {
    await run(program, args, {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new ExpectedFailure(
      {
        kind: 'usage',
        cause: `${program} ${args.slice(0, 3).join(' ')} failed`,
        hint: 'See what it said; a registry that cannot be reached is the usual reason.',
        details: (stderr || message).trimEnd().split('\n').slice(-15),
      },
      { cause: error },
    );
  }
}

/** Where a program is on PATH, undefined when it is not. */
export function onPath(program: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
