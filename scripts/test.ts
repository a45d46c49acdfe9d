/** Runs the whole test suite: brings up an engine and the tools that it needs, then runs jest. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectEngine, isEngineAbsent } from '../src/container/engine.ts';
import { installEngine } from '../src/container/setup/install-engine.ts';
import { repository } from '../test/rig/repository.ts';

const report = (line: string) => console.log(`· ${line}`);
process.chdir(repository);

try {
  await connectEngine();
} catch (error) {
  if (!isEngineAbsent(error)) throw error;
  await installEngine(error, { env: process.env, report });
}
const tools = spawnSync('node', ['build/scripts/install-tools.js'], { stdio: 'inherit' });
if (tools.status !== 0) process.exit(tools.status ?? 1);

const scratch = mkdtempSync(join(tmpdir(), 'sibling-test-'));
const given = process.argv.slice(2);
// Those of functions share nothing, and run side by side; the others share the engine.
const runs =
  given.length > 0
    ? [['--runInBand', ...given]]
    : [
        ['--selectProjects', 'unit', '--maxWorkers=2'],
        ['--selectProjects', 'real', '--runInBand'],
      ];
const codes = runs.map((options) => {
  const { status } = spawnSync('node_modules/.bin/jest', ['--forceExit', ...options], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      TEST_COUNTS_FILE: join(scratch, 'counts'),
    },
  });
  return status ?? 1;
});
rmSync(scratch, { recursive: true });
process.exit(Math.max(...codes));
