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
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { commandFiles } from '../../src/commands/add-commands.ts';
import { actionJob } from '../rig/action-job.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { type Canary, canary } from '../rig/canary.ts';
import { type EchoServer, startEchoServer } from '../rig/echo-server.ts';
import { type GitHubStandIn, startGitHub } from '../rig/github/stand-in.ts';
import { repository } from '../rig/repository.ts';
import { git, makeProject, sibling } from '../rig/stage-project.ts';

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
  registry: canary(),
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
let echo: EchoServer;
let github: GitHubStandIn;
let root = '';

/** Each form that a program may give a value; the shell's own word for it is $KAGGLE. */
const forms = `
say() { echo "$1 $2"; }
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

/** What is tried of each command, in this order; each may fail. */
const commands: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'setup-env': [[]],
  run: [['told', 'whole'], ['broken'], ['--json', 'whole'], ['--force', '--pull', 'told']],
  stage: [['told'], ['broken'], ['nothing']],
  build: [['--json']],
  up: [[]],
  down: [[]],
  status: [[], ['--json'], ['--remote']],
  dag: [[], ['--json'], ['--mermaid'], ['--dot']],
  report: [
    ...[[], ['--fetch'], ['--format', 'json']],
    ['--format', 'html', '--output', 'page.html'],
    ['--format', 'markdown'],
  ],
  metrics: [[], ['HEAD', '--format', 'json'], ['gone']],
  push: [[]],
  pull: [[]],
  reproduce: [['--json']],
  promote: [['--dry-run'], ['--override', 'x']],
  models: [[], ['--json']],
  logs: [[], ['broken'], ['--list']],
  'git-sync': [[]],
  export: [['github', '--actions', 'a/b@c']],
  doctor: [[], ['--json', '--write-probes']],
  clean: [[]],
};

test('every command is among those that are tried', () => {
  expect(Object.keys(commands).sort()).toEqual(commandFiles.flatMap(({ names }) => names).sort());
});

describe.each(Object.entries(situations))('%s', (situation, env) => {
  test.each(Object.entries(commands))('%s tells no secret', async (command, tries) => {
    for (const args of tries) {
      const begun = Date.now();
      const { stdout, stderr, code } = await sibling(root, [command, ...args], {
        env: { ...env(), TMPDIR: temporary },
      });
      if (process.env.CANARY_SHOWS)
        console.log((Date.now() - begun) / 1000, [situation, command, ...args].join(' '), code, stdout, stderr);
      expect([command, args, code]).not.toEqual([command, args, 70]);
      expect([command, args, leaksOf(stdout + stderr)]).toEqual([command, args, []]);
    }
  });
});
