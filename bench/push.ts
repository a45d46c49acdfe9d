/**
 * What `sibling push` costs beside plain `dvc push`, of many small files and of a large one: the same
 * DVC in the same image, the same S3 server, each from a fresh clone into an empty folder of the
 * bucket, by turns. Sibling's time has its verification in it.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DataProject, makeDataProject, manyFiles } from '../test/rig/data-project.ts';
import { repository } from '../test/rig/repository.ts';
import { type S3Server, startS3Server } from '../test/rig/s3-server.ts';
import { cleanEnvironment } from '../test/rig/stage-project.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
});
const rounds = Number(values.rounds);
const loads = {
  '2,000 files of 10 KB': { folder: manyFiles(2_000, 10_000) },
  'one file of 500 MB': { files: { large: 500_000_000 } },
};

const server = await startS3Server();
await server.makeBucket('bench');
let prefix = 0;
const probe = makeDataProject({ files: { small: 10 } });
const image = runnerImage(probe);
probe.remove();
for (const [name, outs] of Object.entries(loads)) {
  if (!name.includes(values.only)) continue;
  const plain: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // By turns, so that neither side always has the warmer machine.
    const sides = [
      () => plain.push(timed(outs, plainPush)),
      () => ours.push(timed(outs, siblingPush)),
    ];
    for (const side of round % 2 === 0 ? sides : sides.reverse()) side();
  }
  const list = (seconds: readonly number[]) => seconds.map((each) => each.toFixed(1)).join(' ');
  const ratio = (of: (seconds: readonly number[]) => number) => (of(ours) / of(plain)).toFixed(2);
  const fastest = (seconds: readonly number[]) => Math.min(...seconds);
  console.log(`${name}: dvc push ${list(plain)} s, sibling push ${list(ours)} s`);
  console.log(
    `  ratio of medians ${ratio(median)}, of the fastest ${ratio(fastest)} (target: 1.10)`,
  );
}
const load = loadavg().map((each) => each.toFixed(1));
console.log(`load ${load.join(' ')}, ${image}`);
await server.stop();

function timed(
  outs: Parameters<typeof makeDataProject>[0],
  push: (project: DataProject, url: string) => void,
): number {
  const project = makeDataProject(outs);
  prefix += 1;
  const begun = performance.now();
  push(project, `s3://bench/${prefix}`);
  const seconds = (performance.now() - begun) / 1000;
  project.remove();
  execFileSync('rm', ['-rf', join(server.folder, 'bench', String(prefix))]);
  return seconds;
}

function siblingPush({ root }: DataProject, url: string): void {
  execFileSync(join(repository, 'bin/sibling'), ['push'], {
    cwd: root,
    env: cleanEnvironment({ DVC_REMOTE_URL: url, ...credentials(server) }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function plainPush({ root }: DataProject, url: string): void {
  const { AWS_ENDPOINT_URL: endpoint, ...keys } = credentials(server);
  const config = `[core]\n    analytics = false\n    remote = r\n['remote "r"']\n    url = ${url}\n    endpointurl = ${endpoint}\n`;
  writeFileSync(join(root, '.dvc/config'), config);
  const env = { ...keys, DVC_SITE_CACHE_DIR: join(root, '.dvc/site-cache') };
  execFileSync(
    'docker',
    [
      ...[
        'run',
        '--rm',
        '--network',
        'host',
        '--user',
        `${process.getuid?.()}:${process.getgid?.()}`,
      ],
      ...['--volume', `${root}:${root}`, '--workdir', root],
      ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...[image, 'dvc', 'push'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

function credentials({ endpoint, accessKey, secretKey, region }: S3Server) {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_REGION: region,
  };
}

/** The image that `sibling push` uses here; it is made by a first push if need be. */
function runnerImage(project: DataProject): string {
  siblingPush(project, 's3://bench/probe');
  const newest = ['images', '--format', '{{.Repository}}:{{.Tag}}', 'sibling/dvc-runner'];
  return execFileSync('docker', newest, { encoding: 'utf8' }).split('\n')[0] ?? '';
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}
