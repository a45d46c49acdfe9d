/**
 * Runs the tests of dvc-runner/ with the newest DVC that the package registry has, or with those
 * that are named (`npm run dvc-next -- 3.60.0 3.66.1`), and says what broke. dvc_patches.py refuses
 * what it does not know: here a copy is tried that knows every version.
 */
import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../test/rig/repository.ts';
import { uv } from '../test/rig/tools.ts';

const named = process.argv.slice(2);
const program = await uv();
const scratch = mkdtempSync(join(tmpdir(), 'sibling-dvc-next-'));
try {
  const runner = join(scratch, 'dvc-runner');
  cpSync(join(repository, 'dvc-runner'), runner, { recursive: true });
  const patches = join(runner, 'dvc_patches.py');
  const text = readFileSync(patches, 'utf8');
  const open = text.replace(/^OLDEST, NEWEST = .*$/m, 'OLDEST, NEWEST = (0, 0), (999, 0)');
  if (open === text) throw new Error(`${patches} names no versions`);
  writeFileSync(patches, open);
  for (const version of named.length > 0 ? named : [undefined]) tryVersion(version, runner);
} finally {
  rmSync(scratch, { recursive: true });
}

function tryVersion(version: string | undefined, runner: string): void {
  const venv = join(scratch, version ?? 'newest');
  const python = join(venv, 'bin/python');
  const wanted = version === undefined ? ['dvc[s3]'] : [`dvc[s3]==${version}`];
  // DVC before 3.66 does not know the newer ones, and does not say so.
  if (version !== undefined) wanted.push('pathspec<1');
  const quiet: { stdio: StdioOptions } = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(program, ['venv', '--quiet', '--python', '3.11', venv], quiet);
  const install = ['pip', 'install', '--quiet', '--python', python, ...wanted, 'pytest'];
  execFileSync(program, install, quiet);
  const versions = execFileSync(python, ['-m', 'dvc', '--version'], { encoding: 'utf8' }).trim();
  console.log(`DVC ${versions}:`);
  const { status } = spawnSync(
    python,
    [
      '-m',
      'pytest',
      '-q',
      '-p',
      'no:cacheprovider',
      '--tb=line',
      '-k',
      'not another_version',
      'test/dvc-runner',
    ],
    {
      cwd: repository,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DVC_ENTRY: join(runner, 'dvc_entry.py') },
    },
  );
  if (status !== 0) process.exitCode = 1;
}
