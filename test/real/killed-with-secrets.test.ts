import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { connectEngine } from '../../src/container/engine.ts';
import { unlessGone } from '../../src/container/request/unless-status.ts';
import { findProject } from '../../src/project/project.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import { git, makeProject, removeProject, sibling, startSibling } from '../rig/stage-project.ts';

const { docker } = await connectEngine();
const secret = canary();
const temporary = mkdtempSync(join(tmpdir(), 'sibling-killed-'));
let dagsHub: DagsHubStandIn;
let root = '';
let env: Record<string, string>;

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', secret.token);
  dagsHub.addRepository('ada', 'iris');
  env = {
    ...{ DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: secret.token, DAGSHUB_REPO: 'ada/iris' },
    ...{ DAGSHUB_CLIENT_HOST: dagsHub.url, TMPDIR: temporary },
  };
  root = makeProject({
    stages: {
      told: {
        script: 'echo it begins; sleep 3; echo 1 > out',
        entry: { outs: ['out'], meta: { sibling: { env: ['DAGSHUB_TOKEN'] } } },
      },
    },
  });
});
afterAll(async () => {
  await sibling(root, ['clean'], { env });
  await dagsHub.stop();
  removeProject(root);
  rmSync(temporary, { recursive: true });
});

async function containers(): Promise<Docker.Container[]> {
  const label = [`sibling.project=${findProject(root).id}`];
  const found = await docker.listContainers({ all: true, filters: { label } });
  return found.map(({ Id }) => docker.getContainer(Id));
}

/** What a container has written into its own layer, as a text; nothing of one that is gone. */
async function layerOf(container: Docker.Container): Promise<string> {
  const changed = (await unlessGone(container.changes())) as { Path: string }[] | null | undefined;
  const files = (changed ?? [])
    .map(({ Path }) => Path)
    .filter((path, _, all) => !all.some((other) => other.startsWith(`${path}/`)));
  const texts = await Promise.all(
    files.map(async (path) => {
      const archive = await unlessGone(container.getArchive({ path })); // removed there
      return `${path}\n${archive ? await text(archive.setEncoding('latin1')) : ''}`;
    }),
  );
  return texts.join('\n');
}

/** Looks while the containers run on without who started them, and again when they have ended. */
async function expectNothingLeft(): Promise<void> {
  const left = await containers();
  const look = async () => (await Promise.all(left.map(layerOf))).join('\n');
  const running = await look();
  for (const container of left) {
    while ((await unlessGone(container.inspect()))?.State.Running) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const ended = await look();
  for (const layers of [running, ended]) {
    expect(layers).toMatch(/\/run\/sibling/); // where it was
    expect(secret.hits(layers)).toEqual([]);
  }
  expect([...secret.files(root), ...secret.files(temporary)]).toEqual([]);
}

test('a run that is killed leaves no token on a disk', async () => {
  const watch = secret.watchArguments();
  const running = startSibling(root, ['run'], { env });
  await running.until(/it begins/);
  running.kill('SIGKILL');
  await running.finished;
  await expectNothingLeft();
  const again = await sibling(root, ['run'], { env });
  expect(again).toMatchObject({ code: 0 });
  expect(secret.hits(again.stdout + again.stderr)).toEqual([]);
  expect(await containers()).toEqual([]);
  expect(watch.stop()).toEqual([]);
});

test('a push that is killed leaves none either, and Git sees nothing of it', async () => {
  dagsHub.faults.set([{ service: 's3', match: '^PUT', kind: 'slow', delay: 3_000 }]);
  dagsHub.requests.length = 0;
  const watch = secret.watchArguments();
  const pushing = startSibling(root, ['push'], { env });
  while (
    !dagsHub.requests.some(({ service, authorization }) => service === 's3' && authorization)
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  pushing.kill('SIGKILL');
  const inspected = await Promise.all((await containers()).map((container) => container.inspect()));
  expect(inspected.length).toBeGreaterThan(0);
  expect(secret.hits(JSON.stringify(inspected))).toEqual([]);
  const { stdout, stderr } = await pushing.finished;
  expect(secret.hits(stdout + stderr)).toEqual([]);
  await expectNothingLeft();
  dagsHub.faults.set([]);
  expect(await sibling(root, ['push'], { env })).toMatchObject({ code: 0 });
  expect(watch.stop()).toEqual([]);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'all there is');
  const objects = git(root, 'cat-file', '--batch', '--batch-all-objects');
  expect(objects).toMatch(/all there is/);
  expect(secret.hits(objects)).toEqual([]);
});
