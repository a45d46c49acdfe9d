import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existingBaseImage } from '../../src/container/base-image/base-image.ts';
import { connectEngine } from '../../src/container/engine.ts';
import { busyboxImage, ensureBusyboxImage } from '../rig/busybox-image.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const { docker } = await connectEngine();
const roots: string[] = [];

beforeAll(() => ensureBusyboxImage(docker));
afterAll(() => {
  for (const root of roots) removeProject(root);
});

/** A project of one stage, whose image starts from `from`, and which prints what it was told. */
function project(from: string, meta: object): string {
  const root = makeProject({
    stages: {
      one: {
        script: 'env; cat "$SIBLING_CONTEXT_FILE"; touch out',
        entry: { outs: ['out'], meta: { sibling: meta } },
      },
    },
  });
  roots.push(root);
  writeFileSync(
    join(root, 'stages/one/Dockerfile'),
    `ARG BASE\nFROM ${from}\nCOPY run.sh /run.sh\nENTRYPOINT ["sh", "/run.sh"]\n`,
  );
  return root;
}

function contextIn(output: string): { image: string; base_image: string | null } {
  const plain = output.replaceAll(/^\[one\] /gm, '');
  return JSON.parse(/^\{$[\s\S]*?^\}$/m.exec(plain)?.[0] ?? '{}');
}

test.each([
  ['run', ['run']],
  ['stage', ['stage', 'one']],
])('sibling %s tells a stage of its image and of the base beneath', async (_, command) => {
  const onBase = await sibling(project('$BASE', {}), command);
  expect({ code: onBase.code, ...contextIn(onBase.stderr + onBase.stdout) }).toMatchObject({
    code: 0,
    image: expect.stringMatching(/^sibling\/one:[0-9a-f]{20}$/),
    base_image: (await existingBaseImage(docker, process.env))?.id,
  });
  const onAnother = await sibling(project(busyboxImage, {}), command);
  expect(contextIn(onAnother.stderr + onAnother.stdout)).toMatchObject({ base_image: null });
});

test('a stage by itself tracks to the DagsHub repository that Git’s remote names', async () => {
  const names = ['URI', 'USERNAME', 'PASSWORD'].map((name) => `MLFLOW_TRACKING_${name}`);
  const root = project(busyboxImage, { network: 'tracking', env: names });
  git(root, 'remote', 'add', 'origin', 'git@github.com:ada/iris.git');
  appendFileSync(join(root, '.env'), 'DAGSHUB_USER_NAME=ada\nDAGSHUB_TOKEN=t0ken\n');
  const { code, stdout } = await sibling(root, ['stage', 'one']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/MLFLOW_TRACKING_URI=https:\/\/dagshub\.com\/ada\/iris\.mlflow$/m);
});
