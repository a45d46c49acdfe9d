import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { doctor, stateOf, statesBut } from '../rig/doctor.ts';
import { repository } from '../rig/repository.ts';
import { runCommand } from '../rig/run-command.ts';
import {
  cleanEnvironment,
  git,
  makeProject,
  removeProject,
  sibling,
  startSibling,
} from '../rig/stage-project.ts';

jest.setTimeout(120_000);

let root = '';
let remote = '';
/** Everything on this machine. */
const local = () => ({ SIBLING_LOCAL_REMOTE: remote, SIBLING_LOCAL_TRACKING: 'off' });

beforeAll(async () => {
  await ensureBusyboxImage();
  remote = mkdtempSync(join(tmpdir(), 'sibling-remote-'));
  root = makeProject({
    stages: {
      one: { script: 'mkdir dir; echo 1 > dir/a; echo 2 > dir/b', entry: { outs: ['dir'] } },
      two: { script: 'cat dir/a > two', entry: { deps: ['dir'], outs: ['two'] } },
    },
    files: { '.gitignore': '.env\n', '.dvcignore': '' },
  });
  expect(await sibling(root, ['run'], { env: local() })).toMatchObject({ code: 0 });
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'run');
});
afterAll(() => {
  removeProject(root);
  removeProject(remote);
});
beforeEach(() => {
  git(root, 'reset', '--quiet', '--hard');
});

describe('a project that is well', () => {
  test('has no failure, and is left as it was', async () => {
    const before = readdirSync(root, { recursive: true }).filter(
      (path) => !/\.git\b/.test(`${path}`),
    );
    const found = await doctor(root, local());
    expect(found.code).toBe(0);
    expect(found.checks.filter(({ state }) => state === 'failure')).toEqual([]);
    const names = ['socket', 'engine', 'api', 'base-image', 'runner-image', 'workspace', 'git'];
    for (const name of [...names, 'dvc-yaml', 'deps', 'dvc-lock', 'outs', 'dvc-remote']) {
      expect([name, stateOf(found, name)]).toEqual([name, 'ok']);
    }
    const after = readdirSync(root, { recursive: true }).filter(
      (path) => !/\.git\b/.test(`${path}`),
    );
    expect(after.sort()).toEqual(before.sort());
    expect(readdirSync(remote)).toEqual([]);
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  test('has no failure in the dvc-runner either, where DVC is at hand', async () => {
    writeFileSync(join(root, '.env'), 'A=1\n', { mode: 0o600 });
    const { text: image } = (await doctor(root, local())).check('runner-image');
    const socket = '/var/run/docker.sock';
    const mounts = [root, remote, socket].flatMap((path) => ['--volume', `${path}:${path}`]);
    const env = Object.entries(local()).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const inside = ['--rm', ...mounts, ...env, '--workdir', root, image, 'sibling', 'doctor'];
    const { code, stdout } = await runCommand('docker', ['run', ...inside]);
    rmSync(join(root, '.env'));
    expect(stdout).toMatch(/^ok +runner-image +this is one$/m);
    expect(stdout).toMatch(/^ok +dvc-remote /m);
    expect(stdout).not.toMatch(/^failure/m);
    expect(code).toBe(0);
  });

  test('is cut off by its reader without a word of stages', async () => {
    const command = `"${repository}/bin/sibling" doctor | head -n 1`;
    const { stderr } = await runCommand('bash', ['-c', command], {
      cwd: root,
      env: { ...cleanEnvironment(), ...local() },
    });
    expect(stderr).not.toMatch(/[Ss]tage/);
  });

  test('is told in a line for each check, with what to do about a warning', async () => {
    writeFileSync(join(root, '.env'), 'A=1\n');
    chmodSync(join(root, '.env'), 0o644);
    const { code, stdout } = await sibling(root, ['doctor'], { env: local() });
    rmSync(join(root, '.env'));
    expect(stdout).toMatch(/^ok {7}engine +Docker /m);
    expect(stdout).toMatch(/^warning {2}env-file .*mode 644.* → chmod 600 \.env$/m);
    expect(stdout).toMatch(/^skipped {2}dagshub-user +needs DagsHub credentials/m);
    expect(stdout).toMatch(/\d+ ok, 1 warning, \d+ skipped, in .* s\.\n$/);
    expect(code).toBe(0);
  });
});

describe('data', () => {
  test('“output does not exist”: an out that is lost from workspace and cache is named', async () => {
    const lost = git(root, 'show', 'HEAD:dvc.lock').match(
      /path: two\s+hash: md5\s+md5: (\w+)/,
    )?.[1];
    const object = join(root, '.dvc/cache/files/md5', `${lost}`.slice(0, 2), `${lost}`.slice(2));
    renameSync(join(root, 'two'), join(remote, 'two'));
    expect(stateOf(await doctor(root, local()), 'outs')).toBe('ok'); // the cache has it
    renameSync(object, join(remote, 'object'));
    const found = await doctor(root, local());
    renameSync(join(remote, 'object'), object);
    renameSync(join(remote, 'two'), join(root, 'two'));
    expect(found.check('outs')).toMatchObject({
      state: 'failure',
      kind: 'dvc',
      text: expect.stringMatching(/output does not exist: two \(stage two\), neither/),
      hint: expect.stringMatching(/sibling pull .*sibling run/),
    });
    expect(found.code).toBe(6);
  });

  test('a clone without any data is no failure', async () => {
    const clone = mkdtempSync(join(tmpdir(), 'sibling-project-'));
    git(root, 'clone', '--quiet', root, clone);
    const found = await doctor(clone, local());
    removeProject(clone);
    expect(found.check('outs')).toMatchObject({ state: 'warning' });
    expect(found.code).toBe(0);
  });
});

describe('the engine', () => {
  const nobody = { uid: 65534, gid: 65534 };

  test('permission denied on the socket: names the group, and still looks at the rest', async () => {
    // Root's own configuration of DVC is closed to others.
    const found = await doctor(root, { ...local(), HOME: '/nowhere' }, nobody);
    expect(found.check('socket')).toMatchObject({
      state: 'failure',
      text: expect.stringMatching(/no permission/),
      hint: expect.stringMatching(/usermod -aG docker/),
    });
    expect(found.check('engine').text).toBe('needs socket, which failed');
    expect(stateOf(found, 'dvc-yaml')).toBe('ok');
    expect(stateOf(found, 'outs')).toBe('ok');
    expect(found.code).toBe(4);
  });

  test('absent: says so, installs none, and still looks at the rest', async () => {
    const found = await doctor(root, { ...local(), DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(found.check('socket').text).toMatch(/no container engine answers there/);
    expect(found.check('socket').hint).toMatch(/Start Docker/);
    const skipped = ['engine', 'api', 'engine-disk', 'base-image', 'runner-image', 'workspace'];
    for (const name of skipped) expect([name, stateOf(found, name)]).toEqual([name, 'skipped']);
    expect(statesBut(found, ['socket'])).not.toContain('failure');
    expect(found.code).toBe(4);
  });

  test('a folder that it does not see as ours is found by the proof', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sibling-project-'));
    mkdirSync(join(folder, '.sibling'));
    // In a mount namespace of its own: the engine has another folder there, an empty one.
    const script = `mount -t tmpfs none ${folder} && git clone -q ${root} ${folder} && exec "$0" -C ${folder} doctor --json`;
    const { stdout } = await runCommand(
      'unshare',
      ['--mount', 'sh', '-c', script, join(repository, 'bin/sibling')],
      { env: cleanEnvironment({ ...local(), SIBLING_FILES: 'bind' }) },
    );
    rmSync(folder, { recursive: true });
    const found = JSON.parse(stdout).checks.find(
      ({ name }: { name: string }) => name === 'workspace',
    );
    expect(found).toMatchObject({
      state: 'failure',
      kind: 'engine',
      text: expect.stringMatching(/mounts another folder than/),
    });
  });
});

describe('what is written in the project', () => {
  test('a wrong dvc.yaml has its place, and hides no other check', async () => {
    writeFileSync(join(root, 'dvc.yaml'), 'stages:\n  one:\n    cmd: x\n    outz: [a]\n');
    const found = await doctor(root, local());
    expect(found.check('dvc-yaml')).toMatchObject({
      state: 'failure',
      place: { file: 'dvc.yaml', line: 4 },
    });
    expect(found.check('outs').text).toBe('needs dvc-yaml, which failed');
    expect(stateOf(found, 'workspace')).toBe('ok');
    expect(found.code).toBe(3);
  });

  test('a wrong gate, an absent dep and an unset variable are all told', async () => {
    const meta = '{sibling: {env: [API_KEY], metrics: {accuracy: {bettter: higher}}}}';
    const text = `stages:\n  one:\n    cmd: sibling stage one\n    deps: [gone.csv]\n    meta: `;
    writeFileSync(join(root, 'dvc.yaml'), `${text}${meta}\n`);
    const gate = await doctor(root, local());
    expect(gate.check('dvc-yaml').text).toMatch(/stage one: meta\.sibling\.metrics\.accuracy/);
    writeFileSync(join(root, 'dvc.yaml'), `${text}{sibling: {env: [API_KEY]}}\n`);
    const found = await doctor(root, local());
    expect(found.check('deps').text).toMatch(/stage one depends on gone\.csv/);
    expect(found.check('variables').text).toMatch(/API_KEY, which is not set/);
    expect(found.code).toBe(3);
  });

  test('half of the credentials, and lines of .env that are none', async () => {
    writeFileSync(join(root, '.env'), 'DAGSHUB_USER_NAME=ada\nsecret-words\n', { mode: 0o600 });
    const found = await doctor(root, local());
    rmSync(join(root, '.env'));
    expect(found.check('credentials')).toMatchObject({
      state: 'failure',
      kind: 'credentials',
      text: expect.stringMatching(/DAGSHUB_USER_NAME is set, but DAGSHUB_TOKEN is not/),
    });
    expect(found.check('env-file')).toMatchObject({
      state: 'warning',
      place: { file: '.env', line: 2 },
    });
    expect(found.check('dvc-remote').text).toBe('needs credentials, which failed');
    expect(found.stdout).not.toContain('secret-words');
    expect(found.code).toBe(8);
  });

  test('.env that Git tracks, and a dvc.lock that is not committed', async () => {
    writeFileSync(join(root, '.env'), 'A=1\n', { mode: 0o600 });
    git(root, 'add', '--force', '.env');
    writeFileSync(join(root, 'dvc.lock'), `${git(root, 'show', 'HEAD:dvc.lock')}\n# changed\n`);
    const found = await doctor(root, local());
    git(root, 'rm', '--quiet', '--force', '.env');
    expect(found.check('env-in-git')).toMatchObject({
      state: 'failure',
      hint: expect.stringMatching(/git rm --cached \.env/),
    });
    expect(found.check('dvc-lock')).toMatchObject({ state: 'warning' });
    expect(found.check('git')).toMatchObject({ state: 'warning' });
    expect(found.code).toBe(8);
  });

  test('an odd remote in .dvc/config', async () => {
    const odd = `['remote "x"']\n    url = s3://b\n    endpointurl = http://example.org\n    ssl_verify = false\n`;
    writeFileSync(join(root, '.dvc/config'), odd);
    const { state, text } = (await doctor(root, local())).check('dvc-config');
    expect(state).toBe('warning');
    expect(text).toMatch(/plain http/);
    expect(text).toMatch(/ssl_verify = false/);
  });

  test('certificates that are not there', async () => {
    const found = await doctor(root, { ...local(), SSL_CERT_FILE: '/nowhere/ca.pem' });
    expect(found.check('ca-trust').text).toMatch(
      /SSL_CERT_FILE names \/nowhere\/ca\.pem, which does not exist/,
    );
  });
});

describe('a remote that is a folder', () => {
  test('of the project', async () => {
    const folder = join(root, 'remote');
    mkdirSync(folder);
    const config = `[core]\n    remote = Own\n['remote "Own"']\n    url = ../remote\n`;
    writeFileSync(join(root, '.dvc/config'), config);
    const found = await doctor(root, { SIBLING_LOCAL_TRACKING: 'off' });
    expect(found.check('dvc-remote')).toMatchObject({
      state: 'ok',
      text: `put, got and deleted an object in the folder ${folder}`,
    });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('that is not there yet is not made', async () => {
    const folder = join(remote, 'later/remote');
    const found = await doctor(root, { ...local(), SIBLING_LOCAL_REMOTE: folder });
    expect(found.check('dvc-remote').text).toMatch(/is not there yet, and can be made/);
    expect(existsSync(join(remote, 'later'))).toBe(false);
  });
});

test('a .env that cannot be read is told, and is no bug', async () => {
  mkdirSync(join(root, '.env'));
  const found = await doctor(root, local());
  rmSync(join(root, '.env'), { recursive: true });
  expect(found.check('env-file')).toMatchObject({ state: 'failure', exitCode: 3 });
  expect(found.check('env-file').text).toMatch(/\.env is a folder/);
});

test('where there is no project, the engine is looked at all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sibling-none-'));
  const found = await doctor(folder, local());
  rmSync(folder, { recursive: true });
  expect(found.check('project').text).toMatch(/no dvc\.yaml and no \.dvc in/);
  expect(stateOf(found, 'engine')).toBe('ok');
  expect(found.check('outs').text).toBe('needs project, which failed');
  expect(found.code).toBe(2);
});

test('an engine that hangs is given up after some seconds, and so is everything by Ctrl-C', async () => {
  const { createServer } = await import('node:net');
  const path = join(mkdtempSync(join(tmpdir(), 'sibling-hung-')), 'docker.sock');
  const server = createServer(() => undefined).listen(path);
  const env = { ...local(), DOCKER_HOST: `unix://${path}` };
  const running = startSibling(root, ['doctor'], { env });
  await running.until(/^ok +socket/m);
  running.kill('SIGINT');
  const stopped = await running.finished;
  expect(stopped.stderr).toMatch(/stopped by SIGINT/);
  expect(stopped.code).toBe(130);
  const found = await doctor(root, env);
  server.close();
  expect(found.check('engine').text).toMatch(/did not answer within 5 s/);
  expect(found.json.seconds).toBeLessThan(20);
  expect(found.code).toBe(4);
});
