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
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import Docker from 'dockerode';
import { commandFiles } from '../../src/commands/add-commands.ts';
import { actionJob } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type Canary, canary } from '../rig/canary.ts';
import { type EchoServer, startEchoServer } from '../rig/echo-server.ts';
import { type GitHubStandIn, startGitHub } from '../rig/github/stand-in.ts';
import { repository } from '../rig/repository.ts';
import { git, makeProject, sibling } from '../rig/stage-project.ts';

jest.setTimeout(120_000);

const docker = new Docker();
const scratch = mkdtempSync(join(tmpdir(), 'sibling-canary-'));
const temporary = join(scratch, 'tmp');
const remote = join(scratch, 'remote');
const services = `canary-${process.pid}`;
/** Where each stands; the names of variables are ordinary ones. */
const secrets = {
  ordinary: canary('o"d&<+/ '),
  declared: canary(),
  proxy: canary(),
  origin: canary(),
  header: canary(),
  config: canary(),
  dvcConfig: canary(),
  tracking: canary(),
  dagsHub: canary(),
  remote: canary(),
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
let echo: EchoServer;
let github: GitHubStandIn;
let root = '';

/** Each form that a program may give a value; the shell's own word for it is $KAGGLE. */
const forms = `
say() { echo "$1 $2"; }
set +u
say plain "$KAGGLE $API_KEY_FILE_CONTENT $HTTP_PROXY"
say url "$(printf %s "$KAGGLE" | sed 's/"/%22/g; s/&/%26/g; s/</%3C/g; s/+/%2B/g; s#/#%2F#g; s/ /%20/g')"
say json "$(printf %s "$KAGGLE" | sed 's/"/\\\\"/g')"
say html "$(printf %s "$KAGGLE" | sed 's/&/\\&amp;/g; s/</\\&lt;/g; s/"/\\&quot;/g')"
say base64 "$(printf %s "$KAGGLE" | base64)"
say wrapped "$(printf 'a user of a name, and then some more: %s' "$KAGGLE" | base64 | fold -w 64)"
say folded "$(printf %s "$KAGGLE" | fold -w 22)"
for width in 16340 16350 16360 16376 65510 65520; do
  printf "%\${width}s" x | tr ' ' x; echo "$KAGGLE"
done
printf 'error: %s' "$KAGGLE" >&2
`;

beforeAll(async () => {
  await ensureBusyboxImage(docker);
  mkdirSync(temporary);
  echo = await startEchoServer();
  github = await startGitHub();
  root = makeProject({
    stages: {
      told: {
        script: `${forms}\ncat "$SIBLING_CONTEXT_FILE" > context.json; env | sed 's/=.*//' > names`,
        entry: {
          deps: ['stages/told'],
          outs: ['context.json', 'names'],
          meta: { sibling: { env: ['KAGGLE', 'API_KEY_FILE_CONTENT', 'HTTP_PROXY'] } },
        },
      },
      whole: {
        script: '',
        entry: {
          deps: ['names'],
          metrics: [{ 'metrics.json': { cache: false } }],
          meta: {
            sibling: { image: '.', metrics: { accuracy: { better: 'higher', min: 0.1 } } },
          },
        },
      },
      broken: {
        script: `${forms}\nprintf %s "$KAGGLE" > model.txt; exit 3`,
        entry: {
          deps: ['names'],
          outs: ['model.txt'],
          meta: { sibling: { env: ['KAGGLE'], register: ['sh', '/run.sh'] } },
        },
      },
    },
    files: {
      '.gitignore': '.env\n',
      Dockerfile: `FROM busybox\nCOPY . /all\nENTRYPOINT ["sh", "-c", "echo '{\\"accuracy\\": 0.9}' > metrics.json"]\n`,
    },
  });
  const base = readFileSync(join(root, 'stages/told/Dockerfile'), 'utf8').split('\n')[0];
  const whole = join(root, 'Dockerfile');
  writeFileSync(whole, readFileSync(whole, 'utf8').replace(/^FROM .*/, String(base)));
  git(root, 'commit', '--quiet', '--all', '--message', 'image');
  const password = ({ token }: Canary) => encodeURIComponent(token);
  writeFileSync(
    join(root, '.env'),
    [
      `KAGGLE='${secrets.ordinary.token}'`,
      `API_KEY_FILE_CONTENT=${secrets.declared.token}`,
      `HTTP_PROXY=http://ada:${password(secrets.proxy)}@127.0.0.1:${echo.port}`,
      `MLFLOW_TRACKING_URI=http://eve:${password(secrets.tracking)}@mlflow.internal`,
      `DAGSHUB_TOKEN=${secrets.dagsHub.token}`,
      ...['DAGSHUB_USER_NAME=ada', 'DAGSHUB_REPO=ada/iris'],
      `DAGSHUB_CLIENT_HOST=http://127.0.0.1:${echo.port}`,
      ...[`SIBLING_SERVICES=${services}`, 'SIBLING_MLFLOW_PORT=0'],
    ].join('\n'),
    { mode: 0o600 },
  );
  writeFileSync(
    join(root, '.dvc/config.local'),
    `[core]\n    remote = echo\n['remote "echo"']\n    url = http://dvc.internal/x\n    auth = basic\n    user = ada\n    password = ${secrets.dvcConfig.token}\n['remote "other"']\n    url = http://ada:${password(secrets.config)}@dvc.internal/y\n`,
  );
  const origin = `http://x-access-token:${password(secrets.origin)}@git.internal/ada/iris.git`;
  git(root, 'remote', 'add', 'origin', origin);
  const header = `AUTHORIZATION: basic ${base64(`x-access-token:${secrets.header.token}`)}`;
  git(root, 'config', 'http.http://git.internal/.extraheader', header);
});
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
  await Promise.all([echo.stop(), github.stop()]);
});

const leaksOf = (text: string) =>
  Object.entries(secrets).flatMap(([name, { hits, pieces }]) =>
    [...hits(text), ...pieces(text)].slice(0, 1).map((piece) => {
      const at = text.indexOf(piece);
      return `${name}: ${text.slice(Math.max(0, at - 60), at + 40)}`;
    }),
  );

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
  const kept = ['ordinary', 'declared', 'origin', 'config', 'remote'];
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
    filters: { reference: [`sibling/${imageName()}`, 'sibling/told', 'sibling/broken'] },
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

function imageName(): string {
  return root.slice(root.lastIndexOf('/') + 1).toLowerCase();
}
