import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files that a pattern may find, so that a shell makes other words of it. */
const files = ['a', 'ab', 'b', '-1', '.a'];

/** A word that begins the answer to a text. */
const mark = 'begin-5f0c21';

/** The words that a real shell makes of each text, beside some files; one process for all texts. */
export function shellAnswers(shell: string, texts: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-shell-'));
  for (const file of files) writeFileSync(join(folder, file), '');
  try {
    const script = texts.map((text) => `printf '%s\\0' ${mark} ${text}\n`).join('');
    const { stdout } = spawnSync(shell, ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: '/home/nobody', LC_ALL: 'C.UTF-8' },
    });
    const answers: string[][] = [];
    for (const word of stdout.split('\0').slice(0, -1)) {
      if (word === mark) answers.push([]);
      else answers.at(-1)?.push(word);
    }
    return answers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
