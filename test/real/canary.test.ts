import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import Docker from 'dockerode';
import { commandFiles } from '../../src/commands/add-commands.ts';
import { actionJob } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { canaryProject, leaksOf, secrets } from '../rig/canary-project.ts';
import { type EchoServer, startEchoServer } from '../rig/echo-server.ts';
import { type GitHubStandIn, startGitHub } from '../rig/github/stand-in.ts';
import { repository } from '../rig/repository.ts';
import { git, sibling } from '../rig/stage-project.ts';

jest.setTimeout(120_000);

const docker = new Docker();
const scratch = mkdtempSync(join(tmpdir(), 'sibling-canary-'));
const temporary = join(scratch, 'tmp');
const remote = join(scratch, 'remote');
let echo: EchoServer;
let github: GitHubStandIn;
let root = '';

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  mkdirSync(temporary);
  echo = await startEchoServer();
  github = await startGitHub();
  root = canaryProject(echo.port, `canary-${process.pid}`);
});
afterAll(async () => {
  for (const folder of [scratch, root]) rmSync(folder, { recursive: true, force: true });
  await Promise.all([echo.stop(), github.stop()]);
});

const noDagsHub = { DAGSHUB_TOKEN: '', DAGSHUB_USER_NAME: '', DAGSHUB_REPO: '' };
/** Git's own, which does not know .env. */
const shell = () => ({
  http_proxy: `http://ada:${encodeURIComponent(secrets.proxy.token)}@127.0.0.1:${echo.port}`,
});

/** The environments in which each command is tried: without servers, and with ones that say all again. */
const situations: Readonly<Record<string, () => NodeJS.ProcessEnv>> = {
  'without servers': () => ({
    ...noDagsHub,
    ...{ MLFLOW_TRACKING_URI: '', DVC_REMOTE_URL: remote, SIBLING_LOCAL_TRACKING: 'off' },
  }),
  'with DagsHub': shell,
  'with servers of one’s own': () => ({ ...noDagsHub, ...shell() }),
};

/** What is tried of each command, in this order; beside servers the first alone. Each may fail. */
const commands: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'setup-env': [[]],
  run: [['told', 'whole'], ['broken'], ['--json', 'whole'], ['--force', '--pull', 'told']],
  stage: [['told'], ['broken'], ['nothing']],
  build: [['--json']],
  up: [[]],
  down: [[]],
  status: [['--remote'], [], ['--json']],
  dag: [[], ['--json'], ['--mermaid'], ['--dot']],
  report: [
    ...[['--fetch'], [], ['--format', 'json']],
    ['--format', 'html', '--output', 'page.html'],
    ['--format', 'markdown'],
  ],
  metrics: [[], ['HEAD', '--format', 'json'], ['gone']],
  push: [[]],
  pull: [[]],
  reproduce: [['--json']],
  promote: [['--override', 'x'], ['--dry-run']],
  models: [[], ['--json']],
  logs: [[], ['broken'], ['--list']],
  'git-sync': [[]],
  export: [['github', '--actions', 'a/b@c']],
  doctor: [['--json', '--write-probes'], []],
  clean: [[]],
};

test('every command is among those that are tried', () => {
  expect(Object.keys(commands).sort()).toEqual(commandFiles.flatMap(({ names }) => names).sort());
});

/** The server on this machine is the same in each. */
const oncePerMachine = new Set(['up', 'down']);

describe.each(Object.entries(situations))('%s', (situation, env) => {
  const isFirst = situation === Object.keys(situations)[0];
  test.each(Object.entries(commands).filter(([name]) => isFirst || !oncePerMachine.has(name)))(
    '%s tells no secret',
    async (command, tries) => {
      for (const args of isFirst ? tries : tries.slice(0, 1)) {
        const { stdout, stderr, code } = await sibling(root, [command, ...args], {
          env: { ...env(), TMPDIR: temporary },
        });
        expect([command, args, code]).not.toEqual([command, args, 70]);
        expect([command, args, leaksOf(stdout + stderr)]).toEqual([command, args, []]);
      }
    },
  );
});

test('the servers were told each secret that is for one', () => {
  const asked = echo.asked();
  const untold = Object.entries(secrets).filter(([, { hits }]) => hits(asked).length === 0);
  // Git has no need of the one in the address, for it has a header; the others are for no server here.
  const kept = ['ordinary', 'declared', 'origin', 'config'];
  expect(untold.map(([name]) => name)).toEqual(kept);
});

/** The steps of a job, in a clone with what GitHub's checkout leaves in it. */
const steps: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['setup-dvc', { check: 'false' }],
  ['setup-dvc', { 'dagshub-user': 'ada', 'dagshub-repo': 'ada/iris' }],
  ['run-stage', { stage: 'told' }],
  ['run-stage', { stage: 'whole' }],
  ['push-artifacts', { stage: 'told' }],
  ['push-artifacts', { commit: 'true' }],
  ['run-stage', { stage: 'broken' }],
  ['comment-metrics', {}],
];

/** How a step ends without servers: where it asks for one, or for a stage that fails, not well. */
function endOf(inputs: Readonly<Record<string, string>>): number {
  const isBad = 'dagshub-user' in inputs || inputs.commit || inputs.stage === 'broken';
  return isBad || Object.keys(inputs).length === 0 ? 1 : 0;
}

/** Of others' actions alone: what it carries is the remote's folder, which is looked into too. */
const ofOthers = ['carry-data'];

test('every action is among those that are tried', () => {
  const tried = new Set([...steps.map(([action]) => action), ...ofOthers]);
  expect([...tried].sort()).toEqual(readdirSync(join(repository, 'actions')).sort());
});

test.each(['offline', 'with servers that say all again'])(
  'actions, %s, tell no secret',
  async (situation) => {
    const folder = join(scratch, `job ${situation}`);
    const workspace = join(folder, 'workspace');
    mkdirSync(folder);
    git(scratch, 'clone', '--quiet', root, workspace);
    cpSync(join(root, '.env'), join(workspace, '.env'));
    git(workspace, 'config', '--remove-section', 'remote.origin');
    appendFileSync(
      join(workspace, '.git/config'),
      readFileSync(join(root, '.git/config'), 'utf8').replace(/^\[core\][^[]*/, ''),
    );
    const isOffline = situation === 'offline';
    const pull = await github.openPullRequest(`canary-${isOffline}`);
    const pull_request = {
      number: pull.number,
      base: { sha: git(workspace, 'rev-parse', 'HEAD'), ref: 'main' },
      head: { sha: git(workspace, 'rev-parse', 'HEAD'), ref: pull.head.ref },
    };
    const event = join(folder, 'event.json');
    const env = {
      ...{ GITHUB_ACTIONS: 'true', GITHUB_JOB: 'canary', ACTIONS_RUNTIME_TOKEN: '' },
      ...{ GITHUB_REPOSITORY: `${github.owner}/${github.repo}`, GITHUB_RUN_NUMBER: '1' },
      ...{ GITHUB_API_URL: github.url, GITHUB_SERVER_URL: 'https://github.com' },
      ...{ SIBLING_TRANSPORT: 'folder', SIBLING_LOCAL_REMOTE: join(folder, 'remote') },
      ...(isOffline
        ? { ...noDagsHub, MLFLOW_TRACKING_URI: '', SIBLING_LOCAL_TRACKING: 'off' }
        : { ...shell(), DAGSHUB_TOKEN: secrets.dagsHub.token }),
    };
    const job = actionJob({ workspace, folder, env });
    const needs: Record<string, { result: string; outputs: Record<string, string> }> = {};
    let said = '';
    const posts: (() => Promise<{ log: string }>)[] = [];
    for (const [action, inputs] of steps) {
      if (action === 'comment-metrics') writeFileSync(event, JSON.stringify({ pull_request }));
      const given = {
        ...{ ...inputs, needs: JSON.stringify(needs), token: github.tokens.workflow },
        author: 'github-actions[bot]',
      };
      const more = action === 'comment-metrics' ? { GITHUB_EVENT_NAME: 'pull_request' } : {};
      const step = await job.run(action, given, more);
      const { stage } = inputs;
      if (stage && step.outputs.baton) {
        needs[stage] = { result: 'success', outputs: { baton: step.outputs.baton } };
      }
      const log = step.log.replace(/^::add-mask::.*\n/gm, '');
      expect([action, inputs, leaksOf(log)]).toEqual([action, inputs, []]);
      if (isOffline) expect([action, inputs, step.code]).toEqual([action, inputs, endOf(inputs)]);
      said += log;
      if (action === 'setup-dvc' || action === 'run-stage') posts.unshift(step.post);
    }
    for (const post of posts) said += (await post()).log;
    const comments = await github.comments(pull.number);
    expect(comments).not.toEqual([]);
    expect(leaksOf(said + JSON.stringify(comments))).toEqual([]);
    expect(leaksOf(JSON.stringify(github.requests))).toEqual([]);
    expect(leaksIn(folder, [join(workspace, '.env'), join(workspace, '.git/config')])).toEqual([]);
  },
  120_000,
);

/** The files below a folder that hold a secret, but those where it was put. */
function leaksIn(folder: string, given: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !given.includes(path))
    .flatMap((path) =>
      leaksOf(`${path}\n${readFileSync(path, 'latin1')}`).map((leak) => `${path} ${leak}`),
    );
}

test('no file that was left behind, and no image, holds one', async () => {
  const given = ['.env', '.git/config', '.dvc/config.local'].map((path) => join(root, path));
  expect(leaksIn(root, given)).toEqual([]);
  expect(leaksIn(temporary, [])).toEqual([]);
  expect(leaksIn(remote, [])).toEqual([]);
  const images = await docker.listImages({
    filters: {
      reference: [`sibling/${basename(root).toLowerCase()}`, 'sibling/told', 'sibling/broken'],
    },
  });
  expect(images.length).toBeGreaterThan(2);
  for (const { Id } of images) {
    const image = docker.getImage(Id);
    const layers = await buffer(await image.get());
    const told = JSON.stringify([await image.history(), await image.inspect()]);
    expect(leaksOf(told + layers.toString('latin1'))).toEqual([]);
  }
  const containers = await docker.listContainers({
    all: true,
    filters: { label: ['sibling.role'] },
  });
  const infos = await Promise.all(
    containers.map(({ Id }) =>
      docker
        .getContainer(Id)
        .inspect()
        .catch(() => undefined),
    ),
  );
  expect(leaksOf(JSON.stringify(infos))).toEqual([]);
});
