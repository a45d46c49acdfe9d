import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { findProject } from '../../src/project/project.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canary } from '../rig/canary.ts';
import { makeProject, removeProject, startSibling } from '../rig/stage-project.ts';

const docker = new Docker();
const secret = canary();
const ordinary = canary();
const inAddress = canary();
const all = [secret, ordinary, inAddress];
let root = '';

beforeAll(() => ensureBusyboxImage(docker));
afterAll(() => removeProject(root));

test('a secret of .env is where it is declared, and nowhere else', async () => {
  const slow = (what: string) => `${what}; sleep 2; env > /tmp/all; touch out-$SIBLING_STAGE`;
  root = makeProject({
    stages: {
      told: {
        script: slow(
          '[ -n "$API_TOKEN" ] && echo "it has the token $API_TOKEN"; echo "kaggle $KAGGLE_KEY"; printf %s "$KAGGLE_KEY" | base64; echo "proxy $HTTPS_PROXY"',
        ),
        entry: {
          outs: ['out-told'],
          meta: { sibling: { env: ['API_TOKEN', 'KAGGLE_KEY', 'HTTPS_PROXY'] } },
        },
      },
      untold: {
        script: slow('env | grep TOKEN || echo it has no token'),
        entry: { deps: ['out-told'], outs: ['out-untold'] },
      },
    },
    files: {
      '.gitignore': '.env\n',
      '.env': `API_TOKEN=${secret.token}\nDAGSHUB_TOKEN=\nKAGGLE_KEY=${ordinary.token}\nHTTPS_PROXY=http://ada:${encodeURIComponent(inAddress.token)}@127.0.0.1:9\nNO_PROXY=*\n`,
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
  expect(stderr).toMatch(/\[told\] kaggle \*\*\*$/m);
  expect(stderr).toMatch(/\[told\] proxy http:\/\/\*\*\*@127\.0\.0\.1:9$/m);
  for (const { hits } of all) expect(hits(stdout + stderr)).toEqual([]);

  expect([...inspected.keys()]).toEqual(expect.arrayContaining(['dvc-runner', 'told', 'untold']));
  for (const { hits } of all) {
    const knowing = [...inspected].filter(([, info]) => hits(info).length > 0);
    expect(knowing.map(([who]) => who)).toEqual(['told']);
  }

  // Outs, logs, scratch, DVC's cache: every file of the workspace but the one that holds it.
  for (const { files } of all) expect(files(root)).toEqual([join(root, '.env')]);
  for (const command of [['status'], ['status', '--json'], ['logs'], ['doctor'], ['report']]) {
    const { finished } = startSibling(root, command);
    const said = await finished;
    for (const { hits } of all) expect(hits(said.stdout + said.stderr)).toEqual([]);
  }
  const images = [...stderr.matchAll(/sibling\/\S+:[0-9a-f]{20}/g)].map(([reference]) => reference);
  expect(images.length).toBeGreaterThan(1);
  for (const reference of new Set(images)) {
    const image = docker.getImage(reference);
    const told = JSON.stringify([await image.history(), await image.inspect()]);
    for (const { hits } of all) expect(hits(told)).toEqual([]);
  }
  expect(secret.hits(readFileSync(join(root, 'dvc.lock'), 'utf8'))).toEqual([]);
}, 120_000);
