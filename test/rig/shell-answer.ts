import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The words that a real shell makes of each text, in an empty folder; undefined where it fails. */
export function shellAnswers(
  shell: string,
  texts: readonly string[],
): (readonly string[] | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-shell-'));
  try {
    return texts.map((text) => {
      const script = `printf '%s\\0' begin ${text}`;
      const { status, stdout } = spawnSync(shell, ['-c', script], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', HOME: '/home/nobody', LC_ALL: 'C.UTF-8' },
      });
      return status === 0 ? stdout.split('\0').slice(1, -1) : undefined;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
