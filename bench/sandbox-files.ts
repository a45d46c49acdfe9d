/**
 * What files cost around a stage's container: a folder of 10,000 files as dep and as out, and a
 * large file that is copied instead of mounted, beside `docker cp` of the same file.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBusyboxImage } from '../test/rig/busybox-image.ts';
import { repository } from '../test/rig/repository.ts';
import { cleanEnvironment, makeProject, removeProject } from '../test/rig/stage-project.ts';

const files = 10_000;
const megabytes = 256;
const rounds = Number(process.argv[2] ?? 5);
const sibling = join(repository, 'bin/sibling');

await ensureBusyboxImage();
// The stage tells how long it took by itself: the rest is what the sandbox costs.
const clock = 'cut=\'read -r up rest < /proc/uptime; echo up $up\'; eval "$cut"';
const root = makeProject({
  stages: {
    many: { script: `${clock}; cp -R in out; eval "$cut"`, entry: { deps: ['in'], outs: ['out'] } },
    large: { script: `${clock}; eval "$cut"`, entry: { deps: ['large'] } },
  },
});
mkdirSync(join(root, 'in'));
for (let at = 0; at < files; at++) writeFileSync(join(root, `in/${at}.txt`), `${at}\n`);
writeFileSync(join(root, 'large'), Buffer.alloc(megabytes * 1024 ** 2, 'sibling'));
execFileSync(sibling, ['build'], { cwd: root, env: cleanEnvironment(), stdio: 'ignore' });

const around = median(Array.from({ length: rounds }, () => stage('many')));
console.log(`${files} files in and out: ${around.toFixed(2)} s around the container (target: 2 s)`);
console.log(`(files that arrived: ${readdirSync(join(root, 'out')).length})`);

const mounted = median(Array.from({ length: rounds }, () => stage('large')));
const copied = median(Array.from({ length: rounds }, () => stage('large', 'copy')));
const docker = median(Array.from({ length: rounds }, () => dockerCp()));
const rate = (seconds: number) => `${(megabytes / seconds).toFixed(0)} MB/s`;
console.log(
  `${megabytes} MB copied there, and looked for changes: ${rate(copied - mounted)}; docker cp: ${rate(docker)}`,
);
console.log(`ratio ${((copied - mounted) / docker).toFixed(2)}`);
removeProject(root);

/** Seconds of one run of a stage, without those that it spent in its container. */
function stage(name: string, way = 'bind'): number {
  rmSync(join(root, 'out'), { recursive: true, force: true }); // as DVC does before a stage
  const begun = performance.now();
  const output = execFileSync(sibling, ['stage', name], {
    cwd: root,
    env: cleanEnvironment({ SIBLING_FILES: way }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const wall = (performance.now() - begun) / 1000;
  const [first = 0, last = 0] = [...output.toString().matchAll(/up ([\d.]+)/g)].map(([, up]) =>
    Number(up),
  );
  return wall - (last - first);
}

function dockerCp(): number {
  const volume = ['--mount', 'type=volume,target=/data'];
  const image = ['sibling-test/busybox:3', 'true'];
  const id = execFileSync('docker', ['create', ...volume, ...image])
    .toString()
    .trim();
  const begun = performance.now();
  execFileSync('docker', ['cp', join(root, 'large'), `${id}:/data/large`], { stdio: 'ignore' });
  const seconds = (performance.now() - begun) / 1000;
  execFileSync('docker', ['rm', '--volumes', id], { stdio: 'ignore' });
  return seconds;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
