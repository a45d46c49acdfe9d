import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

let root = '';
beforeAll(() => ensureBusyboxImage(new Docker()));
afterAll(() => {
  removeProject(root);
  removeProject(`${root}-remote`);
});

test('a metric that no cache has any more is made again, not taken for there', async () => {
  root = makeProject({
    stages: {
      one: {
        script: 'echo 1 > out; echo 2 > metric.json',
        entry: { outs: ['out'], metrics: [{ 'metric.json': { cache: false } }] },
      },
    },
  });
  const env = { SIBLING_LOCAL_REMOTE: `${root}-remote` };
  const call = (...args: string[]) => sibling(root, args, { env });
  expect(await call('run')).toMatchObject({ code: 0 });
  expect(await call('push')).toMatchObject({ code: 0 });
  for (const path of ['.dvc/cache', 'out', 'metric.json'])
    rmSync(join(root, path), { recursive: true });
  expect(await call('pull')).toMatchObject({ code: 0 });
  rmSync(join(root, 'metric.json'), { force: true });
  // As if it had been pushed by DVC itself, which leaves the objects of such metrics out.
  for (const folder of [join(root, '.dvc/cache'), `${root}-remote`]) {
    rmSync(join(folder, 'files/md5/26/ab0db90d72e28ad0ba1e22ee510510'), { force: true });
  }
  const result = await call('run');
  expect(result).toMatchObject({ code: 0 });
  expect(existsSync(join(root, 'metric.json'))).toBe(true);
  expect(result.stderr).toMatch(/one +ran/);
}, 120_000);
