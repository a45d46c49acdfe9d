import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ensureBaseImage } from '../../src/container/base-image/base-image.ts';
import { connectEngine } from '../../src/container/engine.ts';
import { installPackages } from '../../src/container/setup/debian.ts';
import { cloneIris, foreignFiles } from '../rig/iris-clone.ts';
import { runCommand } from '../rig/run-command.ts';
import { removeProject, sibling } from '../rig/stage-project.ts';
import { onPath } from '../rig/tools/command.ts';

const { docker } = await connectEngine();
const name = `sibling-compose-${process.pid}`;
const services = { SIBLING_SERVICES: name, SIBLING_MLFLOW_PORT: '0' };
const root = cloneIris();
const report = (line: string) => process.stderr.write(`${line}\n`);

afterAll(async () => {
  await docker.getContainer(`${name}-mlflow`).remove({ force: true });
  await docker.getNetwork(`${name}-tracking`).remove();
  await docker.getVolume(`${name}-mlflow`).remove();
  await docker.getVolume(`${name}-data`).remove();
  await docker.getNetwork(`${name}_default`).remove();
  await docker.getImage(`${name}_dvc-runner`).remove();
  removeProject(root);
});

async function compose(...args: string[]) {
  const base = await ensureBaseImage(docker, { env: process.env, report });
  const result = await runCommand('docker-compose', ['--project-name', name, ...args], {
    cwd: root,
    env: { BASE: base.reference, ...services },
  });
  if (result.code !== 0) throw new Error(result.stdout + result.stderr);
  return result;
}

test('docker-compose runs the pipeline from any folder of the container, with the same result', async () => {
  if (!onPath('docker-compose')) await installPackages(['docker-compose'], report);
  await compose('build', 'dvc-runner');
  const variables = Object.entries(services).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const { stdout } = await compose(
    ...['run', '--rm', '-T', ...variables, 'dvc-runner', 'sibling', 'run', '--json'],
  );
  const result = JSON.parse(stdout.slice(stdout.indexOf('{')));
  expect(result.stages.map(({ state }: { state: string }) => state)).toEqual(
    Array(4).fill('ran'), // ingest, preprocess, train, evaluate
  );
  const dvcRunner = ['run', '--rm', '-T', ...variables, 'dvc-runner', 'sibling'];
  const pushed = await compose(...dvcRunner, 'push');
  expect(pushed.stderr).toMatch(/local folder \/data\/sibling\/remotes/);
  rmSync(join(root, '.dvc/cache'), { recursive: true });
  rmSync(join(root, 'data/raw/iris.csv'));
  await compose(...dvcRunner, 'pull');
  expect(existsSync(join(root, 'data/raw/iris.csv'))).toBe(true);
  const lock = readFileSync(join(root, 'dvc.lock'));
  const onHost = await sibling(root, ['run', '--force', '--json'], { env: services });
  expect(onHost.code).toBe(0);
  expect(readFileSync(join(root, 'dvc.lock'))).toEqual(lock);
  expect(foreignFiles(root, 0)).toEqual([]);
}, 600_000);
