import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { resultsFolder } from '../../src/job/results/store.ts';
import { actionJob, type Step } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canary } from '../rig/canary.ts';
import { git, makeProject, removeProject } from '../rig/stage-project.ts';
import { resultsOf } from '../rig/stage-results.ts';

const docker = new Docker();
const secret = canary();
const scratch = mkdtempSync(join(tmpdir(), 'sibling-again-'));
const remote = join(scratch, 'remote');
let project = '';

beforeAll(async () => {
  await ensureBusyboxImage();
  project = makeProject({
    stages: {
      make: {
        script:
          "echo made > made; printf '\\211PNG\\r\\n\\377' > plot.png; mkdir kept; echo 1 > kept/one",
        entry: {
          deps: ['stages/make'],
          outs: ['made', { kept: { cache: false } }],
          plots: [{ 'plot.png': { cache: false } }],
        },
      },
      use: {
        script: 'echo half > used; echo begun; sleep 4; cat made > used',
        entry: { deps: ['stages/use', 'made'], outs: ['used'] },
      },
      spill: {
        script: 'mkdir spilt; echo 1 > spilt/one',
        entry: { deps: ['stages/spill'], outs: [{ spilt: { cache: false } }] },
      },
      drink: { script: 'cat spilt/one > drunk', entry: { deps: ['spilt'], outs: ['drunk'] } },
    },
  });
});
afterAll(() => {
  for (const folder of [project, scratch]) removeProject(folder);
});

/** A job on a machine of its own: a fresh clone; only the folder for the data is shared. */
function job(id: string, attempt: number): ReturnType<typeof actionJob> & { workspace: string } {
  const folder = join(scratch, `${id}-${attempt}`);
  const workspace = join(folder, 'workspace');
  git(scratch, 'clone', '--quiet', project, workspace);
  const env = {
    ...{ GITHUB_JOB: id, GITHUB_RUN_ATTEMPT: String(attempt), GITHUB_REPOSITORY: 'ada/again' },
    ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: remote, GITHUB_ACTIONS: 'true' },
  };
  return { ...actionJob({ workspace, folder, env }), workspace };
}

async function succeed(step: Promise<Step>): Promise<Step> {
  const ended = await step;
  if (ended.code !== 0) throw new Error(ended.log);
  return ended;
}

/** Names of the containers that jobs of this test have left. */
async function containers(): Promise<string[]> {
  const all = await docker.listContainers({ all: true, filters: { label: ['sibling.role'] } });
  return all.flatMap(({ Names }) => Names).filter((name) => name.includes(`-gh-${process.pid}-`));
}

test('a job that was killed leaves nothing, and runs again on what the jobs before it found', async () => {
  const first = job('make', 1);
  const made = await succeed(first.run('run-stage', { stage: 'make' }));
  await succeed(first.run('push-artifacts', { stage: 'make' }));
  expect(made.log).not.toContain('::warning::');
  // From before the stage begins until it has ended the runner obeys nothing that is printed.
  expect(made.log).toMatch(/^::stop-commands::([0-9a-f]{32})$[\s\S]*\bmake\b[\s\S]*^::\1::$/m);
  const remade = await succeed(first.run('run-stage', { stage: 'make' }));
  expect(remade.outputs.outcome).toBe('unchanged');
  const needs = JSON.stringify({
    make: { result: 'success', outputs: { baton: made.outputs.baton } },
  });

  const killed = job('use', 1);
  // In an environment of its own: with credentials the data would go to DagsHub.
  const withCredentials = job('credentials', 1);
  const credentials = await succeed(
    withCredentials.run('setup-dvc', {
      ...{ 'dagshub-user': 'ada', 'dagshub-token': secret.token, 'dagshub-repo': 'ada/again' },
      check: 'false',
    }),
  );
  expect(secret.files(withCredentials.temporary)).toHaveLength(1);
  const step = killed.start('run-stage', { stage: 'use', needs });
  let isOver = false;
  void step.ended.then(() => {
    isOver = true;
  });
  while (!isOver && !step.log().includes('[use] begun')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  step.kill('SIGKILL');
  const dead = await step.ended;
  expect(dead.outputs).toEqual({});
  expect((await containers()).length).toBeGreaterThan(0);
  expect(readdirSync(join(killed.workspace, '.sibling/scratch'))).not.toEqual([]);
  // The runner's order: the last step's post first.
  await succeedPost(dead);
  await succeedPost(credentials);
  expect(await containers()).toEqual([]);
  expect(existsSync(join(killed.workspace, '.sibling/scratch'))).toBe(false);
  expect(existsSync(join(killed.workspace, 'used'))).toBe(false); // no half of an out
  expect(secret.files(withCredentials.temporary)).toEqual([]);

  const again = job('use', 2);
  const used = await succeed(again.run('run-stage', { stage: 'use', needs }));
  expect(used.outputs.outcome).toBe('ran');
  const plot = Buffer.from('\x89PNG\r\n\xff', 'latin1');
  expect(readFileSync(join(again.workspace, 'plot.png'))).toEqual(plot);
  expect(readFileSync(join(again.workspace, 'kept/one'), 'utf8')).toBe('1\n');
  const lock = readFileSync(join(again.workspace, 'dvc.lock'), 'utf8');
  expect([...lock.matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name)).toEqual(['make', 'use']);
  const found = resultsOf(remote, used.outputs.baton);
  expect(found.lock?.entry).toMatch(/^ {2}use:\n/); // what make found, make's job tells
  expect(found.outs).toEqual([{ path: 'used', bytes: 5, files: 1 }]);
  expect(await containers()).toEqual([]);
  rmSync(again.workspace, { recursive: true });
});

test('an uncached folder reaches the job that reads it, but not when somebody changed it', async () => {
  const spilt = await succeed(job('spill', 1).run('run-stage', { stage: 'spill' }));
  const { baton } = spilt.outputs;
  const needs = JSON.stringify({ spill: { result: 'success', outputs: { baton } } });
  const drunk = job('drink', 1);
  await succeed(drunk.run('run-stage', { stage: 'drink', needs }));
  expect(readFileSync(join(drunk.workspace, 'drunk'), 'utf8')).toBe('1\n');

  const left = join(remote, resultsFolder, `${JSON.parse(baton ?? '').results}.json`);
  const text = readFileSync(left, 'utf8');
  writeFileSync(left, text.replace('"text":"1\\n"', '"text":"2\\n"'));
  const changed = job('drink', 2);
  const refused = await changed.run('run-stage', { stage: 'drink', needs });
  expect(refused.log).toMatch(/what job spill found is not in the folder .* as the job left it/);
  rmSync(left);
  const missing = await changed.run('run-stage', { stage: 'drink', needs });
  expect(missing.log).toMatch(/what job spill found is not in the folder .*Run the whole workflow/);
  for (const { code, outputs } of [refused, missing]) expect([code, outputs]).toEqual([1, {}]);
  expect(git(changed.workspace, 'status', '--porcelain')).toBe('');
});

async function succeedPost(step: Step): Promise<void> {
  const { code, log } = await step.post();
  if (code !== 0) throw new Error(log);
}
