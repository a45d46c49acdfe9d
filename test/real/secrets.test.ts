import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { findProject } from '../../src/project.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canary } from '../rig/canary.ts';
import { makeProject, removeProject, startSibling } from '../rig/stage-project.ts';

const docker = new Docker();
const secret = canary();
let root = '';

beforeAll(() => ensureBusyboxImage(docker));
afterAll(() => removeProject(root));

test('a secret of .env is where it is declared, and nowhere else', async () => {
  const slow = (what: string) => `${what}; sleep 2; env > /tmp/all; touch out-$SIBLING_STAGE`;
  root = makeProject({
    stages: {
      told: {
        script: slow('[ -n "$API_TOKEN" ] && echo "it has the token $API_TOKEN"'),
        entry: { outs: ['out-told'], meta: { sibling: { env: ['API_TOKEN'] } } },
      },
      untold: {
        script: slow('env | grep TOKEN || echo it has no token'),
        entry: { deps: ['out-told'], outs: ['out-untold'] },
      },
    },
    files: {
      '.gitignore': '.env\n',
      '.env': `API_TOKEN=${secret.token}\nDAGSHUB_TOKEN=\n`,
    },
  });
  const words = secret.watchArguments();
  const running = startSibling(root, ['run']);
  const inspected = new Map<string, string>();
  let ended = false;
  void running.finished.finally(() => {
    ended = true;
  });
  const label = [`sibling.project=${findProject(root).id}`];
  while (!ended) {
    for (const { Id, Labels } of await docker.listContainers({ all: true, filters: { label } })) {
      const info = await docker
        .getContainer(Id)
        .inspect()
        .catch(() => undefined);
      const who = Labels['sibling.stage'] ?? Labels['sibling.role'] ?? '';
      if (info) inspected.set(who, (inspected.get(who) ?? '') + JSON.stringify(info));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { code, stdout, stderr } = await running.finished;
  expect(words.stop()).toEqual([]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/\[told\] it has the token \*\*\*$/m);
  expect(stderr).toMatch(/\[untold\] it has no token/);
  expect(secret.hits(stdout + stderr)).toEqual([]);

  expect([...inspected.keys()].sort()).toEqual(['dvc-runner', 'told', 'untold']);
  const knowing = [...inspected].filter(([, info]) => secret.hits(info).length > 0);
  expect(knowing.map(([who]) => who)).toEqual(['told']);

  // Outs, logs, scratch, DVC's cache: every file of the workspace but the one that holds it.
  expect(secret.files(root)).toEqual([join(root, '.env')]);
  const images = [...stderr.matchAll(/sibling\/\S+:[0-9a-f]{20}/g)].map(([reference]) => reference);
  expect(images.length).toBeGreaterThan(1);
  for (const reference of new Set(images)) {
    const image = docker.getImage(reference);
    const told = JSON.stringify([await image.history(), await image.inspect()]);
    expect(secret.hits(told)).toEqual([]);
  }
  expect(secret.hits(readFileSync(join(root, 'dvc.lock'), 'utf8'))).toEqual([]);
}, 120_000);
