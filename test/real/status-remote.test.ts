import { rmSync } from 'node:fs';
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

test('status --remote tells outs that can be fetched from outs that are lost', async () => {
  root = makeProject({
    stages: {
      one: { script: 'echo 1 > one; mkdir dir; echo 2 > dir/a', entry: { outs: ['one', 'dir'] } },
      two: { script: 'echo 3 > two', entry: { outs: ['two'] } },
    },
  });
  const env = { SIBLING_LOCAL_REMOTE: `${root}-remote` };
  const call = (...args: string[]) => sibling(root, args, { env });
  expect(await call('run', 'one')).toMatchObject({ code: 0 });
  expect(await call('push')).toMatchObject({ code: 0 });
  expect(await call('run')).toMatchObject({ code: 0 });
  for (const path of ['.dvc/cache', 'one', 'dir', 'two']) {
    rmSync(join(root, path), { recursive: true });
  }
  const here = await call('status');
  expect(here.stdout).toMatch(/one .*one (missing|not in cache)/);
  expect(here.stdout).not.toMatch(/remote/);
  const asked = await call('status', '--remote');
  expect(asked.stdout).toMatch(/one (missing|not in cache), in the remote/);
  expect(asked.stdout).toMatch(/dir (missing|not in cache), in the remote/);
  expect(asked.stdout).toMatch(/two (missing|not in cache), not in the remote either/);
  expect(await call('pull', 'one')).toMatchObject({ code: 0 });
}, 120_000);
