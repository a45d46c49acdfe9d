import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from '@jest/globals';
import { repository } from '../rig/repository.ts';
import { toolPath } from '../rig/tools.ts';

const folder = 'test/dvc-runner';
/** Waits for servers that do not answer, while all others compute. */
const waiting = 'test_remote_circuit.py';

test('DVC in the dvc-runner does what its tests say', async () => {
  const others = readdirSync(join(repository, folder)).filter(
    (name) => /^test_.*\.py$/.test(name) && name !== waiting,
  );
  await Promise.all([pytest([waiting]), pytest(others)]);
}, 600_000);

async function pytest(files: readonly string[]): Promise<void> {
  const paths = files.map((name) => join(folder, name));
  const child = spawn(toolPath('pytest'), ['-q', '-p', 'no:cacheprovider', ...paths], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DVC_PYTHON: toolPath('python', { set: 'dvc' }) },
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(said);
}
