import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actionJob, type Step } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type S3Server, startS3Server } from '../rig/s3-server.ts';
import {
  cleanEnvironment,
  git,
  makeProject,
  removeProject,
  sibling,
} from '../rig/stage-project.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-unmerged-'));
let server: S3Server;
let project = '';

beforeAll(async () => {
  await ensureBusyboxImage();
  server = await startS3Server();
  await server.makeBucket('bucket');
  // What a stage's image does is no dep here: two commits have one key, and two results.
  const once = 'cat /proc/sys/kernel/random/uuid';
  project = makeProject({
    stages: {
      make: {
        script: `cat in.txt > made; ${once} > made-once`,
        entry: { deps: ['in.txt'], outs: ['made', 'made-once'] },
      },
      use: {
        script: `cat made > used; ${once} > used-once`,
        entry: { deps: ['made'], outs: ['used', 'used-once'] },
      },
    },
    files: { 'in.txt': 'one\n' },
  });
});
afterAll(async () => {
  await server.stop();
  for (const folder of [project, scratch]) removeProject(folder);
});

function remote(): Record<string, string> {
  return {
    DVC_REMOTE_URL: 's3://bucket/iris',
    ...{ AWS_ENDPOINT_URL: server.endpoint, AWS_REGION: server.region },
    ...{ AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey },
  };
}

/** What the bucket has below `iris`. */
function stored(folder: string): string[] {
  const top = join(server.folder, 'bucket/iris', folder);
  if (!existsSync(top)) return [];
  const entries = readdirSync(top, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(top.length + 1));
}

/** The checkout of a machine of its own, as shallow as a job's. */
function clone(name: string, commit: string): string {
  const workspace = join(scratch, name, 'workspace');
  git(scratch, 'init', '--quiet', workspace);
  git(workspace, 'fetch', '--quiet', '--depth', '1', `file://${project}`, commit);
  git(workspace, 'checkout', '--quiet', 'FETCH_HEAD');
  return workspace;
}

const defaultBranch = { default_branch: 'main' };
const own = { full_name: 'ada/iris' };

const pushOf = (commit: string) => ({
  name: 'push',
  payload: { ref: 'refs/heads/main', after: commit, repository: defaultBranch },
});

const pullOf = (head: string, repo = own) => ({
  name: 'pull_request',
  payload: {
    repository: defaultBranch,
    pull_request: {
      number: 7,
      base: { sha: git(project, 'rev-parse', 'main'), ref: 'main', repo: own },
      head: { sha: head, ref: 'topic', repo },
    },
  },
});

type Event = ReturnType<typeof pushOf> | ReturnType<typeof pullOf>;

function job(name: string, commit: string, event: Event, env: Record<string, string> = remote()) {
  const workspace = clone(name, commit);
  const folder = join(scratch, name);
  const gitHub = {
    ...{ GITHUB_SHA: commit, GITHUB_REPOSITORY: 'ada/iris', GITHUB_JOB: name },
    ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: join(scratch, 'handed-on') },
  };
  return { ...actionJob({ workspace, folder, event, env: { ...gitHub, ...env } }), workspace };
}

async function outcome(step: Promise<Step>): Promise<string | undefined> {
  const ended = await step;
  if (ended.code !== 0) throw new Error(ended.log);
  return ended.outputs.outcome;
}

function commitOn(branch: string, files: Readonly<Record<string, string>>): string {
  git(project, 'checkout', '--quiet', '-B', branch, 'main');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
  git(project, 'commit', '--quiet', '--all', '--message', branch);
  const head = git(project, 'rev-parse', 'HEAD');
  git(project, 'checkout', '--quiet', 'main');
  return head;
}

test('a pull request finds its own results; nothing of them is in a run of main', async () => {
  const forged = 'echo forged > made; echo forged > made-once\n';
  const head = commitOn('forge', { 'stages/make/run.sh': forged });
  const first = job('first', head, pullOf(head));
  expect(await outcome(first.run('run-stage', { stage: 'make' }))).toBe('ran');
  await outcome(first.run('push-artifacts', { stage: 'make' }));
  expect(stored('runs')).toEqual([]);
  const kept = stored('sibling/unmerged');
  const runs = new RegExp(
    `^[0-9a-f]{16}/${head}/[0-9a-f]{16}/runs/[0-9a-f]{2}/[0-9a-f]{64}/[0-9a-f]{64}$`,
  );
  const tree = git(project, 'rev-parse', `${head}^{tree}`);
  expect(kept.filter((path) => runs.test(path))).toHaveLength(1);
  expect(kept.filter((path) => path.endsWith(`/trees/${tree}/${head}`))).toHaveLength(1);
  expect(kept.filter((path) => /\/series\/[0-9a-f]{16}\//.test(path))).toHaveLength(1);
  expect(kept).toHaveLength(3);

  const second = job('second', head, pullOf(head));
  expect(await outcome(second.run('run-stage', { stage: 'make' }))).toBe('cached');
  expect(readFileSync(join(second.workspace, 'made'), 'utf8')).toBe('forged\n');

  const main = clone('main', git(project, 'rev-parse', 'main'));
  const run = await sibling(main, ['run', 'make'], { env: cleanEnvironment(remote()) });
  expect(run).toMatchObject({ code: 0 });
  expect(run.stderr).toMatch(/make +ran/);
  expect(readFileSync(join(main, 'made'), 'utf8')).toBe('one\n');
}, 300_000);

test('main takes what a merged pull request ran, and runs what is not what it seems', async () => {
  const head = commitOn('change', { 'in.txt': 'two\n' });
  const pull = clone('pull', head);
  const event = join(scratch, 'pull-event.json');
  writeFileSync(event, JSON.stringify(pullOf(head).payload));
  const env = {
    ...remote(),
    ...{ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event, GITHUB_SHA: head },
    GITHUB_REPOSITORY: 'ada/iris',
  };
  for (const command of ['run', 'push']) {
    const done = await sibling(pull, [command], { env });
    if (done.code !== 0) throw new Error(done.stderr);
  }
  expect(stored('runs')).toEqual([]);
  // Under the true name, as if it had been sent so: the server's checksum is that of these bytes.
  const [, name = ''] =
    /path: used-once\n +hash: md5\n +md5: (\w+)/.exec(read(pull, 'dvc.lock')) ?? [];
  const object = join(server.folder, 'bucket/iris/files/md5', name.slice(0, 2), name.slice(2));
  rmSync(object);
  writeFileSync(object, 'x'.repeat(37));

  // Main has moved on: the merge has files that no run has seen.
  writeFileSync(join(project, 'readme'), 'any\n');
  git(project, 'add', 'readme');
  git(project, 'commit', '--quiet', '--message', 'other');
  git(project, 'merge', '--quiet', '--no-ff', '--message', 'Merge', 'change');
  const merge = git(project, 'rev-parse', 'main');
  const make = job('make', merge, pushOf(merge));
  const made = await make.run('run-stage', { stage: 'make' });
  expect(await outcome(Promise.resolve(made))).toBe('cached');
  expect(made.log).toContain(`taken from what commit ${head.slice(0, 12)} was run with`);
  expect(read(make.workspace, 'made-once')).toBe(read(pull, 'made-once'));
  await outcome(make.run('push-artifacts', { stage: 'make' }));
  expect(stored('runs')).toHaveLength(1);

  const needs = { make: { result: 'success', outputs: { baton: made.outputs.baton } } };
  const used = await make.run('run-stage', { stage: 'use', needs: JSON.stringify(needs) });
  expect(used.log).toMatch(/files\/md5\/\S+ has other bytes than its name says/);
  expect(await outcome(Promise.resolve(used))).toBe('ran');
  expect(read(make.workspace, 'used')).toBe('two\n');
}, 300_000);

test('a fork sends nothing anywhere', async () => {
  const head = git(project, 'rev-parse', 'change');
  const away = { ...remote(), AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const fork = job('fork', head, pullOf(head, { full_name: 'eve/iris' }), away);
  const pushed = await fork.run('push-artifacts', { stage: 'make' });
  expect(pushed.code).toBe(0);
  expect(pushed.log).toMatch(/Nothing is sent: \S+ takes no data from the pull request of a fork/);
}, 60_000);

function read(workspace: string, path: string): string {
  return readFileSync(join(workspace, path), 'utf8');
}
