import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const docker = new Docker();
const services = `sibling-port-${process.pid}`;
let root = '';

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  const meta = { sibling: { network: 'tracking', env: ['MLFLOW_TRACKING_URI'] } };
  const script = 'wget -q -O - "$MLFLOW_TRACKING_URI/health"; ! wget -q -T 3 -O - http://1.1.1.1/';
  root = makeProject({ stages: { a: { script, entry: { meta } } } });
});

afterAll(async () => {
  removeProject(root);
  await docker
    .getVolume(`${services}-mlflow`)
    .remove()
    .catch(() => undefined);
});

test('a taken port is named, with the variable that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const env = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: String(port) };
  const result = await sibling(root, ['up'], { env });
  server.close();
  expect(result.code).toBe(9);
  expect(result.stderr).toMatch(new RegExp(`port ${port} on 127.0.0.1.*is taken`));
  expect(result.stderr).toMatch(/Set SIBLING_MLFLOW_PORT/);
});

test('four at once: one server, one network, and all succeed', async () => {
  const env = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: '0' };
  const ups = await Promise.all([1, 2, 3, 4].map(() => sibling(root, ['up'], { env })));
  expect(ups.map(({ code, stderr }) => (code === 0 ? 'up' : stderr))).toEqual(Array(4).fill('up'));
  expect(new Set(ups.map(({ stdout }) => stdout)).size).toBe(1);
  const networks = await docker.listNetworks({ filters: { name: [`${services}-tracking`] } });
  expect(networks).toHaveLength(1);
});

test('up puts a server back on a network that was removed beneath it', async () => {
  const env = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: '0' };
  await sibling(root, ['up'], { env });
  const network = docker.getNetwork(`${services}-tracking`);
  await network.disconnect({ Container: `${services}-mlflow`, Force: true });
  await network.remove();
  const ups = await Promise.all([1, 2, 3].map(() => sibling(root, ['up'], { env })));
  expect(ups.map(({ code, stderr }) => (code === 0 ? 'up' : stderr))).toEqual(Array(3).fill('up'));
  const { Containers: members } = await network.inspect();
  expect(Object.values(members ?? {})).toHaveLength(1);
});

test('up is idempotent, a tracking stage reaches the server and nothing else, down ends it', async () => {
  const env = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: '0' };
  const first = await sibling(root, ['up'], { env });
  const second = await sibling(root, ['up'], { env });
  expect(second.stdout).toBe(first.stdout);
  expect((await fetch(`${first.stdout.trim()}/health`)).status).toBe(200);
  const run = await sibling(root, ['run'], { env });
  expect(run.stderr).toMatch(/\[a\] OK/);
  expect(run.code).toBe(0);
  expect((await sibling(root, ['down', '--volumes'], { env })).stderr).toMatch(/MLflow stopped/);
  await expect(fetch(`${first.stdout.trim()}/health`)).rejects.toThrow();
  expect((await sibling(root, ['down'], { env })).stderr).toMatch(/was not running/);
});
