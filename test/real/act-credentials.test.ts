import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canary } from '../rig/canary.ts';
import { repository } from '../rig/repository.ts';
import { type ScratchProject, scratchProject } from '../rig/scratch-project.ts';
import { cleanEnvironment } from '../rig/stage-project.ts';

const secret = canary();
const temporary = mkdtempSync(join(tmpdir(), 'sibling-credentials-'));
/** Where a step leaves what it saw, which the log would mask. */
const seen = join(temporary, 'seen');
let project: ScratchProject;

beforeAll(async () => {
  project = await scratchProject({
    files: {
      '.gitignore': '.env\n',
      '.github/workflows/pipeline.yml': `on: push
jobs:
  look:
    runs-on: ubuntu-24.04
    steps:
      - env:
          TOKEN: \${{ secrets.DAGSHUB_TOKEN }}
        run: |
          echo "the token is $TOKEN"
          echo "given: \${#TOKEN}" >> ${seen}
          echo "of every step: \${DAGSHUB_TOKEN:-nothing}" >> ${seen}
          find "$TMPDIR" -name secrets -printf 'kept: %m, folder: ' >> ${seen}
          stat -c '%a' "$TMPDIR"/sibling-act-* >> ${seen}
          sleep \${WAIT:-1}
`,
    },
  });
  await project.write('.env', `DAGSHUB_USER_NAME=ada\nDAGSHUB_TOKEN=${secret.token}\n`);
});
afterAll(async () => {
  await project.remove();
  rmSync(temporary, { recursive: true });
});

function start(env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(repository, 'build/scripts/act.js'), 'push'], {
    cwd: project.root,
    env: cleanEnvironment({ TMPDIR: temporary, ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code, log }));
  return { child, ended };
}

describe('make act', () => {
  let log = '';
  let inArguments: string[];

  beforeAll(async () => {
    const watch = secret.watchArguments();
    const { code, log: text } = await start().ended;
    inArguments = watch.stop();
    log = text;
    if (code !== 0) throw new Error(log);
  });

  test('hands over the credentials of .env as secrets, in a file that only the user reads', () => {
    expect(readFileSync(seen, 'utf8')).toBe(
      `given: ${secret.token.length}\nof every step: nothing\nkept: 600, folder: 700\n`,
    );
  });

  test('shows them to nobody: not in arguments, not in the log, and nothing is left', () => {
    expect(inArguments).toEqual([]);
    expect(log).toMatch(/the token is \*\*\*/);
    expect(secret.hits(log)).toEqual([]);
    expect(secret.files(temporary)).toEqual([]);
  });

  test('that is stopped leaves no file, and gives what the shell has to no other step', async () => {
    rmSync(seen);
    const { child, ended } = start({ WAIT: '10', DAGSHUB_TOKEN: secret.token });
    while (!existsSync(seen) || !readFileSync(seen, 'utf8').includes('kept')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill('SIGTERM');
    expect((await ended).code).not.toBe(0);
    expect(readFileSync(seen, 'utf8')).toMatch(/^of every step: nothing$/m);
    expect(readdirSync(temporary)).toEqual(['seen']);
  });
});
