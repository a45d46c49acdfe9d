import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { runCommand } from '../rig/run-command.ts';
import { git, makeProject, removeProject, sibling } from '../rig/stage-project.ts';
import { toolPath } from '../rig/tools.ts';

const folders: string[] = [];
/** Beside all of it, so that nothing is in one place with the project by accident. */
const machine = folder('machine');

beforeAll(() => ensureBusyboxImage(new Docker()));
afterAll(() => {
  for (const path of folders) removeProject(path);
});

function folder(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `sibling-${name}-`));
  chmodSync(path, 0o755);
  folders.push(path);
  return path;
}

/** As a person's shell whose home is a folder of this test. */
const env = (extra: NodeJS.ProcessEnv = {}) => ({
  HOME: join(machine, 'home'),
  XDG_CONFIG_DIRS: join(machine, 'site'),
  XDG_CONFIG_HOME: join(machine, 'user'),
  XDG_DATA_HOME: join(machine, 'data'),
  ...extra,
});

function put(at: string, path: string, text: string): void {
  mkdirSync(dirname(join(at, path)), { recursive: true });
  writeFileSync(join(at, path), text);
}

/** What DVC itself, on this machine, says of a project: nothing where all is as it was recorded. */
function dvcStatus(root: string): unknown {
  const at = {
    cwd: root,
    env: { ...process.env, ...env(), DVC_SITE_CACHE_DIR: join(machine, 'dvc') },
  };
  return JSON.parse(
    execFileSync(toolPath('dvc', { set: 'dvc' }), ['status', '--json'], {
      ...at,
      encoding: 'utf8',
    }),
  );
}

/** A pipeline that reads by every way out of the project, and writes through one. */
function project(config: (elsewhere: string) => string) {
  const elsewhere = folder('elsewhere');
  const files = { 'folder/a': 'a', 'folder/sub/b': 'b', 'chain/end': 'c', 'far/f': 'f', file: 'x' };
  for (const [path, text] of Object.entries(files)) put(elsewhere, path, `${text}\n`);
  put(elsewhere, 'conf/params.yaml', 'lr: 1\nother: 2\n');
  put(elsewhere, 'conf/vars.yaml', 'name: linked-file\n');
  mkdirSync(join(elsewhere, 'big'));
  symlinkSync('../file', join(elsewhere, 'folder/link'));
  symlinkSync('../far', join(elsewhere, 'folder/far'));
  symlinkSync('chain', join(elsewhere, 'hop'));
  const up = (path: string) => join('..', elsewhere.slice(dirname(elsewhere).length), path);
  const read = [
    ...['linked-folder/a', 'linked-folder/sub/b', 'linked-folder/link', 'linked-folder/far/f'],
    ...['linked-file', 'middle/end', 'data/inside', up('file'), join(elsewhere, 'folder/sub/b')],
    up('conf/params.yaml'),
  ];
  const deps = [
    'linked-folder',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: DVC's template
    '${name}',
    'middle/end',
    'data',
    up('file'),
    join(elsewhere, 'folder'),
  ];
  const entry = {
    vars: [up('conf/vars.yaml')],
    deps: [...deps, 'stages/one'],
    params: [{ [up('conf/params.yaml')]: ['lr'] }],
    outs: ['one', 'made', { 'big/through': { cache: false } }],
  };
  const root = makeProject({
    stages: {
      one: {
        script: `cat ${read.join(' ')} > one; mkdir made; cp one made/copy; cp one big/through
for f in ${read.join(' ')}; do ! echo tampered 2> /dev/null >> $f; done`,
        entry,
      },
      two: {
        script: 'cat one made/copy big/through > two',
        entry: { deps: ['one', 'made', 'big/through', 'stages/two'], outs: ['two'] },
      },
    },
  });
  folders.push(root);
  symlinkSync(join(elsewhere, 'folder'), join(root, 'linked-folder'));
  symlinkSync(up('file'), join(root, 'linked-file'));
  symlinkSync(join(elsewhere, 'hop'), join(root, 'middle'));
  symlinkSync(join(elsewhere, 'big'), join(root, 'big'));
  put(root, 'data/kept', 'k\n');
  symlinkSync(join(elsewhere, 'file'), join(root, 'data/inside'));
  put(root, '.dvc/config.local', config(elsewhere));
  return { root, elsewhere };
}

const text = 'a\nb\nx\nf\nx\nc\nx\nx\nb\nlr: 1\n';

test('a cache elsewhere, links as outs and deps by every way out: as with DVC on this machine', async () => {
  const { root, elsewhere } = project(
    (at) => `[cache]\n    dir = ${at}/deep/cache\n    type = symlink\n`,
  );
  const run = await sibling(root, ['run'], { env: env() });
  expect(`${run.code} ${run.stderr}`).toMatch(/^0 /);
  expect(run.stderr).toMatch(/2 of 2 stages ran/);
  expect(readFileSync(join(root, 'two'), 'utf8')).toBe(text.repeat(3));
  expect(readFileSync(join(elsewhere, 'file'), 'utf8')).toBe('x\n');
  // The links lead to something here too.
  for (const path of ['one', 'made/copy', 'two']) {
    expect(readlinkSync(join(root, path))).toMatch(`${elsewhere}/deep/cache/files/md5/`);
  }
  expect(readdirSync(join(elsewhere, 'big'))).toEqual(expect.arrayContaining(['through']));
  expect(dvcStatus(root)).toEqual({});
  const status = await sibling(root, ['status'], { env: env() });
  expect(status.stdout).toMatch(/one +up to date[\s\S]*two +up to date/);
  const doctor = JSON.parse((await sibling(root, ['doctor', '--json'], { env: env() })).stdout);
  const found = (name: string) =>
    doctor.checks.find((check: { name: string }) => check.name === name);
  expect(found('deps')).toMatchObject({ state: 'ok' });
  expect(found('cache')).toMatchObject({ state: 'ok', text: expect.stringMatching('deep/cache') });

  expect(await sibling(root, ['push'], { env: env() })).toMatchObject({ code: 0 });
  for (const path of [join(root, 'two'), join(root, 'made'), join(elsewhere, 'deep')]) {
    rmSync(path, { recursive: true });
  }
  expect(await sibling(root, ['pull'], { env: env() })).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, 'two'), 'utf8')).toBe(text.repeat(3));

  writeFileSync(join(elsewhere, 'far/f'), 'behind a folder link\n');
  expect((await sibling(root, ['status'], { env: env() })).stdout).toMatch(/one +up to date/);
  writeFileSync(join(elsewhere, 'file'), 'changed\n');
  const changed = await sibling(root, ['status'], { env: env() });
  expect(changed.stdout).toMatch(/one .*linked-file changed/);
  const copied = await sibling(root, ['run'], { env: env({ SIBLING_FILES: 'copy' }) });
  expect(`${copied.code} ${copied.stderr}`).toMatch(/^0 /);
  expect(readFileSync(join(root, 'two'), 'utf8')).toMatch(/^a\nb\nchanged\nbehind a folder link\n/);
  expect(dvcStatus(root)).toEqual({});
}, 180_000);

test('what the user’s configuration says of the cache counts, but not where data go', async () => {
  put(machine, 'site/dvc/config', '[cache]\n    dir = /nowhere\n    type = hardlink\n');
  const theirs = '[cache]\n    dir = ~/cache\n[core]\n    remote = theirs\n    autostage = true\n';
  put(machine, 'user/dvc/config', `${theirs}['remote "theirs"']\n    url = ${machine}/theirs\n`);
  const root = makeProject({
    stages: { one: { script: 'echo 1 > one', entry: { deps: ['stages/one'], outs: ['one'] } } },
  });
  folders.push(root);
  expect(await sibling(root, ['run'], { env: env() })).toMatchObject({ code: 0 });
  const object = join(machine, 'home/cache/files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1');
  expect(statSync(object).ino).toBe(statSync(join(root, 'one')).ino);
  expect(existsSync(join(root, '.dvc/cache'))).toBe(false);
  expect(git(root, 'diff', '--cached', '--name-only')).toMatch(/dvc\.lock/);
  expect(await sibling(root, ['push'], { env: env() })).toMatchObject({ code: 0 });
  expect(existsSync(join(machine, 'theirs'))).toBe(false);
  expect(dvcStatus(root)).toEqual({});
}, 120_000);

/** One stage that must not start, with the rest of its entry; all that is refused is refused at once. */
async function refused(
  root: string,
  entry: object,
  files: (root: string) => void = () => undefined,
) {
  files(root);
  const stage = { cmd: 'sibling stage one', ...entry };
  put(root, 'dvc.yaml', JSON.stringify({ stages: { one: stage } }));
  const { code, stderr } = await sibling(root, ['run'], { env: env() });
  expect(stderr).not.toMatch(/Running stage|a bug/);
  return `${code} ${stderr}`;
}

test('what would open the machine, or cannot be, is refused by name before anything starts', async () => {
  const root = makeProject({ stages: { one: { script: 'touch one' } } });
  folders.push(root);
  put(machine, 'home/.ssh/id', 'key');
  const link = (target: string) => (at: string) => {
    rmSync(join(at, 'link'), { force: true });
    symlinkSync(target, join(at, 'link'));
  };
  const dep = (path: string) => ({ deps: [path], outs: ['one'] });
  const home = join(machine, 'home');
  const cases: readonly [RegExp, object, ((root: string) => void)?][] = [
    [/^3 .*depends on \/, which is the whole file system/s, dep('/')],
    [/^3 .*depends on \.\., which is a folder that the project itself lies in/s, dep('..')],
    [/^3 .*depends on link, which is a whole home folder/s, dep('link'), link(home)],
    [/^3 .*which is a place of credentials/s, dep('link'), link(join(home, '.ssh/id'))],
    [/^3 .*which is a part of the running system/s, dep('link'), link('/proc/self')],
    [/^3 .*which is a folder of the machine as a whole/s, dep('/etc')],
    [/^3 .*has the out \.\.\/x, which lies outside/s, { outs: [{ '../x': { cache: false } }] }],
    [/^3 .*has the out \/tmp\/x, which lies outside/s, { outs: [{ '/tmp/x': { cache: false } }] }],
  ];
  for (const [says, entry, files] of cases) expect(await refused(root, entry, files)).toMatch(says);
  put(root, '.dvc/config.local', `[cache]\n    dir = ${root}/dvc.yaml/cache\n`);
  expect(await refused(root, { outs: ['one'] })).toMatch(/^3 .*DVC's cache is to be .*ENOTDIR/s);
  const doctor = await sibling(root, ['doctor'], { env: env() });
  expect(doctor.stdout + doctor.stderr).toMatch(/cache .*dvc\.yaml is no folder/);
}, 120_000);

test('inside a container, a folder that goes with it is refused as a cache, and copied as a dep', async () => {
  const { root } = project(() => '');
  const reference = JSON.parse((await sibling(root, ['build', '--json'])).stdout)['dvc-runner']
    .reference;
  const inside = (...args: string[]) =>
    runCommand('docker', [
      ...['run', '--rm', '--volume', '/var/run/docker.sock:/var/run/docker.sock'],
      ...['--volume', `${root}:/project`, '--workdir', '/project', ...args],
    ]);
  put(
    root,
    'dvc.yaml',
    JSON.stringify({
      stages: { one: { cmd: 'sibling stage one', deps: ['/layer/file', 'from'], outs: ['one'] } },
    }),
  );
  symlinkSync('/layer/folder', join(root, 'from'));
  put(root, 'stages/one/run.sh', 'cat /layer/file from/x > one\n');
  const make = 'mkdir -p /layer/folder && echo 1 > /layer/file && echo 2 > /layer/folder/x';
  const run = [reference, 'sh', '-c', `${make} && exec sibling run`];
  put(root, '.dvc/config.local', '[cache]\n    dir = /lost/cache\n');
  const lost = await inside(...run);
  expect(`${lost.code} ${lost.stderr}`).toMatch(
    /^4 .*cannot see \/lost\/cache: it is in this container/s,
  );
  const kept = await inside('--volume', `${folder('kept')}:/lost/cache`, ...run);
  expect(`${kept.code} ${kept.stderr}`).toMatch(/^0 /);
  expect(readFileSync(join(root, 'one'), 'utf8')).toBe('1\n2\n');
}, 120_000);
