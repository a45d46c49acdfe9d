/** Runs the whole test suite: brings up an engine and the tools that it needs, then runs jest. */
import { spawnSync } from 'node:child_process';
import { connectEngine, isEngineAbsent } from '../src/container/engine.ts';
import { installEngine } from '../src/setup/install-engine.ts';
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

const jest = spawnSync(
  'node_modules/.bin/jest',
  ['--runInBand', '--forceExit', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    },
  },
);
process.exit(jest.status ?? 1);
