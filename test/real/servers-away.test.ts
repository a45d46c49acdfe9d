import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

let root = '';
beforeAll(async () => {
  await ensureBusyboxImage(new Docker());
  root = makeProject({
    stages: {
      one: { script: 'cat in.txt > one', entry: { deps: ['in.txt'], outs: ['one'] } },
      two: { script: 'cat one > two', entry: { deps: ['one'], outs: ['two'] } },
    },
    files: { 'in.txt': '1\n' },
  });
});
afterAll(() => removeProject(root));

const away = {
  DVC_REMOTE_URL: 's3://bucket/x',
  AWS_ENDPOINT_URL: 'https://s3.example.invalid',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'hidden',
};
const run = (args: readonly string[] = [], env: NodeJS.ProcessEnv = away) =>
  sibling(root, ['run', ...args], { env });

test('a run goes on without a remote that is away, and says so once', async () => {
  const { code, stderr } = await run();
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /warning: s3:\/\/bucket\/x cannot be reached \(.*\): the run goes on with what is here/,
  );
  expect(stderr.match(/s3\.example\.invalid|warning/gi)).toHaveLength(2);
  expect(stderr).not.toContain('hidden');
}, 120_000);

test('--pull insists on it before anything runs, and when nothing would', async () => {
  const refused = expect.stringMatching(/error: s3:\/\/bucket\/x cannot be reached, and --pull/);
  expect(await run(['--pull'])).toMatchObject({ code: 7, stderr: refused });
  writeFileSync(join(root, 'in.txt'), '2\n');
  const failed = await run(['--pull']);
  expect(failed).toMatchObject({ code: 7, stderr: refused });
  expect(failed.stderr).not.toMatch(/Running stage/);
}, 120_000);

test('--no-pull asks nobody', async () => {
  const { code, stderr } = await run(['--no-pull']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/2 of 2 stages ran/);
  expect(stderr).not.toMatch(/warning|example\.invalid/);
}, 120_000);

test('data that only it has are named', async () => {
  rmSync(join(root, '.dvc/cache'), { recursive: true });
  rmSync(join(root, 'one'));
  const failed = await run(['--single', 'two']);
  expect(failed.code).toBe(7);
  expect(failed.stderr).toMatch(
    /error: two needs one, which is not here, and the remote is away: s3:\/\/bucket\/x cannot/,
  );
  const unasked = await run(['--single', '--no-pull', 'two']);
  expect(unasked.code).toBe(7);
  expect(unasked.stderr).toMatch(/two needs one, .* was not asked \(--no-pull\)/);
}, 120_000);

test('a folder that cannot be made is away as well', async () => {
  const folder = { DVC_REMOTE_URL: join(root, 'in.txt/remote') };
  const { code, stderr } = await run([], folder);
  expect(stderr).toMatch(/warning: the local folder .* cannot be used \(ENOTDIR\)/);
  expect(code).toBe(0);
  expect(await run(['--pull'], folder)).toMatchObject({ code: 7 });
}, 120_000);

test('a tracking server that does not start is missed by those alone that require it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const services = `sibling-test-away-${process.pid}`;
  const env = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: String(port) };
  const tracked = (tracking: string) => ({
    script: 'echo "at <$MLFLOW_TRACKING_URI>" > out-$SIBLING_TRACKING',
    entry: {
      outs: [`out-${tracking}`],
      meta: { sibling: { network: 'tracking', env: ['MLFLOW_TRACKING_URI'], tracking } },
    },
  });
  const project = makeProject({ stages: { may: tracked('optional'), must: tracked('required') } });
  try {
    const without = await sibling(project, ['run', 'may'], { env });
    expect(without.stderr).toMatch(/warning: port \d+ .* is taken: nothing is tracked/);
    expect(without.code).toBe(0);
    expect(readFileSync(join(project, 'out-optional'), 'utf8')).toBe('at <>\n');
    expect(await sibling(project, ['run'], { env })).toMatchObject({ code: 9 });
  } finally {
    taken.close();
    await sibling(project, ['down', '--volumes'], { env });
    removeProject(project);
  }
}, 180_000);
