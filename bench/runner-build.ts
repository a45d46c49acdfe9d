/** What setting up DVC costs: a cold build of the dvc-runner image, and where its time goes. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Docker from 'dockerode';
import { ensureBaseImage } from '../src/container/base-image/base-image.ts';
import { repository } from '../test/rig/repository.ts';

const base = await ensureBaseImage(new Docker(), { env: process.env, report: console.log });
// The context that the product sends: not what a working folder holds besides.
const context = ['Dockerfile.dvc-runner', 'bin', 'dist', 'dvc-runner', 'services'];
const folder = mkdtempSync(join(tmpdir(), 'sibling-bench-'));
for (const name of context) cpSync(join(repository, name), join(folder, name), { recursive: true });
const args = ['build', '--no-cache', '--network', 'host', '--build-arg', `BASE=${base.reference}`];
const begun = performance.now();
const child = spawn(
  'docker',
  [...args, '-f', 'Dockerfile.dvc-runner', '-t', 'sibling-bench/runner', '.'],
  {
    cwd: folder,
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
/** What marks the beginning of each part in the build's output. */
const marks: readonly [RegExp, string][] = [
  [/^Step 2/, 'context and base'],
  [/^Step 4/, 'apt: git'],
  [/^Collecting uv|^Downloading uv/, 'pip: uv'],
  [/^Using CPython|^Creating virtual/, 'uv: DVC and Node'],
  [/^Step 5/, 'links, copies, layers'],
];
let part = 'sending the context';
let since = begun;
for await (const line of createInterface({ input: child.stdout })) {
  const mark = marks.find(([pattern]) => pattern.test(line));
  if (!mark || mark[1] === part) continue;
  print();
  part = mark[1];
}
print();
rmSync(folder, { recursive: true });
console.log(`total: ${((performance.now() - begun) / 1000).toFixed(1)} s`);

function print(): void {
  const now = performance.now();
  console.log(`${part}: ${((now - since) / 1000).toFixed(1)} s`);
  since = now;
}
