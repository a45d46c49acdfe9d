/**
 * What a stage costs beside its container: `sibling stage` around an image that runs `true`, against
 * `docker run --rm` of the same image with the same rights. Medians of alternating runs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBusyboxImage } from '../test/rig/busybox-image.ts';
import { repository } from '../test/rig/repository.ts';
import { cleanEnvironment, makeProject, removeProject } from '../test/rig/stage-project.ts';

const rounds = Number(process.argv[2] ?? 20);
await ensureBusyboxImage();
const root = makeProject({ stages: { idle: { script: 'true' } } });
const scratch = mkdtempSync(join(tmpdir(), 'sibling-bench-'));
const env = cleanEnvironment();
const sibling = join(repository, 'bin/sibling');
execFileSync(sibling, ['stage', 'idle'], { cwd: root, env, stdio: 'ignore' }); // builds the image
const images = execFileSync(sibling, ['build', 'idle', '--json'], { cwd: root, env });
const image = JSON.parse(images.toString()).idle.reference;
const rights = `--user 0:0 --cap-drop ALL --security-opt no-new-privileges --read-only
  --tmpfs /tmp:rw,nosuid,nodev,size=1g --pids-limit 4096 --memory 2g --memory-swap 2g --network none
  --init --log-driver local --workdir /work`.split(/\s+/);
const mount = ['--mount', `type=bind,source=${scratch},target=/work`];

const times: Record<'sibling' | 'docker', number[]> = { sibling: [], docker: [] };
for (let round = 0; round < rounds; round++) {
  times.docker.push(time('docker', ['run', '--rm', ...rights, ...mount, image]));
  times.sibling.push(time(sibling, ['stage', 'idle']));
}
const docker = median(times.docker);
const ours = median(times.sibling);
console.log(`docker run --rm   ${docker.toFixed(0)} ms (median of ${rounds})`);
console.log(`sibling stage     ${ours.toFixed(0)} ms`);
console.log(`ratio             ${(ours / docker).toFixed(2)}`);
removeProject(root);
execFileSync('docker', ['image', 'rm', image], { stdio: 'ignore' });
rmSync(scratch, { recursive: true });

function time(command: string, args: readonly string[]): number {
  const begun = performance.now();
  execFileSync(command, args, { cwd: root, env, stdio: 'ignore' });
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return (
    [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
  );
}
