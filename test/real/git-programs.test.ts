import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { askMainBranch, fetchBranch, runFetch } from '../../src/base/fetch.ts';
import { localBase } from '../../src/base/local.ts';
import { resolveRevision } from '../../src/base/resolve-revision.ts';
import { git, gitFor, gitForPaths, gitState, ignoredPaths } from '../../src/git/git.ts';
import { gitData } from '../../src/git/kept-beside.ts';
import { unfetchedSubmodules } from '../../src/git/submodules.ts';
import { commitResults } from '../../src/github/commit/commit-results.ts';
import { findProject } from '../../src/project/project.ts';
import { originOfEnvFile } from '../../src/project/settings.ts';
import { checkOut } from '../../src/reproduction/checkout/checkout.ts';
import { makeClone } from '../../src/reproduction/checkout/clone.ts';
import { outputOf, runCommand } from '../rig/run-command.ts';
import { sibling } from '../rig/stage-project.ts';

/** Whose repository it is, for a test that runs as root. */
const eve = { uid: 1234, gid: 1234 };

const scratch = mkdtempSync(join(tmpdir(), 'sibling-programs-'));
const marks = join(scratch, 'marks');
const program = join(scratch, 'program');
/** What no repository has. */
const absent = '1'.repeat(40);
/** A project without traps, and its remote. */
const base = join(scratch, 'base');
const origin = join(scratch, 'origin.git');

const identity = {
  GIT_CONFIG_GLOBAL: join(scratch, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
};
const dvcYaml = 'stages:\n  a: {cmd: sibling stage a, metrics: [m.json: {cache: false}]}\n';

const asEve = {
  env: { ...identity, HOME: '/nonexistent', EDITOR: undefined, SUDO_UID: undefined },
  ...eve,
};

/** The program, leaving a mark of that name. */
const run = (name: string) => `${program} ${name}`;

/** What a repository can name, and how Git comes to run it: the trap is tried as its owner. */
interface Way {
  readonly way: string;
  readonly config?: readonly (readonly [string, string])[];
  readonly attributes?: string;
  /** What Git is asked for, `PORT` being a server's that asks for a password. */
  readonly trigger: readonly string[];
  /** Git takes it from its user's configuration alone: there it springs. */
  readonly isUsers?: boolean;
  /** Git asks it on a terminal alone. */
  readonly onTerminal?: boolean;
  /** Its mark, where the program is called with words of Git's own. */
  readonly mark?: unknown;
}

const ways: readonly Way[] = [
  {
    way: 'core.fsmonitor',
    config: [['core.fsmonitor', run('core.fsmonitor')]],
    trigger: ['status'],
  },
  {
    way: 'filter.clean',
    config: [['filter.one.clean', run('filter.clean')]],
    attributes: '*.one filter=one',
    trigger: ['diff', '--stat', '--', 'a.one'],
  },
  {
    way: 'filter.smudge',
    config: [['filter.two.smudge', run('filter.smudge')]],
    attributes: '*.two filter=two',
    trigger: ['checkout', '--force', '--', 'a.two'],
  },
  {
    way: 'filter.process',
    config: [['filter.three.process', run('filter.process')]],
    attributes: '*.three filter=three',
    trigger: ['diff', '--stat', '--', 'a.three'],
  },
  {
    way: 'filter.named',
    config: [['filter.a=b.clean', run('filter.named')]],
    attributes: '*.four filter=a=b',
    trigger: ['diff', '--stat', '--', 'a.four'],
  },
  {
    way: 'filter.lfs', // as git lfs install writes it, whose hooks are hooks like others
    config: [
      ['filter.lfs.process', run('filter.lfs')],
      ['filter.lfs.required', 'true'],
    ],
    attributes: '*.nine filter=lfs',
    trigger: ['diff', '--stat', '--', 'a.nine'],
  },
  {
    way: 'includeIf',
    config: [[`includeIf.gitdir:${scratch}/.path`, 'included-if']],
    attributes: '*.ten filter=ten',
    trigger: ['diff', '--stat', '--', 'a.ten'],
  },
  {
    way: 'core.attributesFile',
    config: [
      ['core.attributesFile', join(scratch, 'attributes')],
      ['filter.eleven.clean', run('core.attributesFile')],
    ],
    trigger: ['diff', '--stat', '--', 'a.eleven'],
  },
  {
    way: '.gitattributes',
    config: [['filter.twelve.clean', run('.gitattributes')]],
    trigger: ['diff', '--stat', '--', 'a.twelve'],
  },
  {
    way: 'include.path',
    config: [['include.path', 'included']],
    attributes: '*.five filter=five',
    trigger: ['diff', '--stat', '--', 'a.five'],
  },
  { way: 'diff.external', config: [['diff.external', run('diff.external')]], trigger: ['diff'] },
  {
    way: 'diff.command',
    config: [['diff.six.command', run('diff.command')]],
    attributes: '*.six diff=six',
    trigger: ['diff', '--', 'a.six'],
  },
  {
    way: 'diff.textconv',
    config: [['diff.seven.textconv', run('diff.textconv')]],
    attributes: '*.seven diff=seven',
    trigger: ['diff', '--no-ext-diff', '--', 'a.seven'],
  },
  {
    way: 'merge.driver',
    config: [['merge.eight.driver', `${run('merge.driver')} %A`]],
    attributes: '*.eight merge=eight\nm.json merge=eight',
    trigger: ['merge', '--no-commit', 'other'],
  },
  { way: 'hooks', trigger: ['commit', '--quiet', '--allow-empty', '--message', 'x'] },
  {
    way: 'core.editor',
    config: [['core.editor', run('core.editor')]],
    trigger: ['commit', '--allow-empty'],
  },
  {
    way: 'sequence.editor',
    config: [['sequence.editor', run('sequence.editor')]],
    trigger: ['rebase', '--interactive', 'HEAD~1'],
  },
  {
    way: 'core.pager',
    config: [['core.pager', run('core.pager')]],
    trigger: ['log'],
    onTerminal: true,
  },
  {
    way: 'gpg.program',
    config: [
      ['gpg.program', program],
      ['commit.gpgSign', 'true'],
    ],
    trigger: ['commit', '--quiet', '--allow-empty', '--message', 'x'],
    mark: expect.anything(),
  },
  {
    way: 'core.sshCommand',
    config: [['core.sshCommand', run('core.sshCommand')]],
    trigger: ['ls-remote', 'ssh://host.invalid/x'],
  },
  {
    way: 'core.gitProxy',
    config: [['core.gitProxy', program]],
    trigger: ['ls-remote', 'git://host.invalid/x'],
    mark: 'host.invalid',
  },
  {
    way: 'protocol.ext',
    config: [
      ['protocol.ext.allow', 'always'],
      ['url.ext::.insteadOf', 'evil:'],
      ['remote.ext.url', `evil:${run('protocol.ext')}`],
    ],
    trigger: ['ls-remote', 'ext'],
  },
  {
    way: 'remote.uploadpack',
    config: [['remote.origin.uploadpack', run('remote.uploadpack')]],
    trigger: ['ls-remote', 'origin'],
  },
  {
    way: 'remote.receivepack',
    config: [['remote.origin.receivepack', run('remote.receivepack')]],
    trigger: ['push', 'origin', 'HEAD:refs/heads/z'],
  },
  {
    way: 'remote.vcs', // a helper of that name in one of the caller's folders of programs
    config: [
      ['remote.helped.url', 'x'],
      ['remote.helped.vcs', 'sibling-test'],
    ],
    trigger: ['ls-remote', 'helped'],
    mark: 'helped',
  },
  {
    way: 'remote.url',
    config: [['remote.colons.url', 'sibling-test::x']],
    trigger: ['ls-remote', 'colons'],
    mark: 'colons',
  },
  {
    way: 'remote.promisor', // whatever the repository lacks is fetched from it
    config: [
      ['core.repositoryFormatVersion', '1'],
      ['extensions.partialClone', 'lazy'],
      ['remote.lazy.url', origin],
      ['remote.lazy.promisor', 'true'],
      ['remote.lazy.uploadpack', run('remote.promisor')],
    ],
    trigger: ['cat-file', '-t', absent],
  },
  {
    way: 'credential.helper',
    config: [['credential.helper', `!${run('credential.helper')}`]],
    trigger: ['ls-remote', 'http://127.0.0.1:PORT/x'],
  },
  {
    way: 'core.askPass',
    config: [['core.askPass', program]],
    trigger: ['ls-remote', 'http://127.0.0.1:PORT/x'],
    mark: expect.stringMatching(/^127/),
  },
  {
    way: 'core.alternateRefsCommand',
    config: [['core.alternateRefsCommand', run('core.alternateRefsCommand')]],
    trigger: ['fetch', '--quiet', 'origin'],
  },
  {
    way: 'uploadpack.packObjectsHook',
    config: [['uploadpack.packObjectsHook', run('uploadpack.packObjectsHook')]],
    trigger: ['clone', '--quiet', '--no-local', '.', join(marks, '../theirs/packed')],
    isUsers: true,
  },
  {
    way: 'init.templateDir',
    config: [['init.templateDir', join(scratch, 'template')]],
    trigger: ['clone', '--quiet', '.', join(marks, '../theirs/templated')],
    isUsers: true,
  },
  {
    way: 'alias',
    config: [
      ['alias.status', `!${run('alias')}`],
      ['alias.st', `!${run('alias')}`],
    ],
    trigger: ['st'],
  },
  { way: 'submodule', trigger: ['status'] },
  {
    way: 'submodule.update',
    config: [['submodule.sub.update', `!${run('submodule.update')}`]],
    trigger: ['submodule', 'update', '--force'],
  },
  {
    way: 'core.hooksPath',
    config: [['core.hooksPath', join(scratch, 'hooks')]],
    trigger: ['commit', '--quiet', '--allow-empty', '--message', 'x'],
  },
];

const written = () => readdirSync(marks).sort();
const forget = () => {
  for (const mark of written()) rmSync(join(marks, mark));
};

const hookNames = [
  ...['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'post-checkout', 'pre-push'],
  ...['pre-rebase', 'post-rewrite', 'post-merge', 'reference-transaction', 'post-index-change'],
];

function writeHooks(folder: string, mark: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of hookNames) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${run(mark)}\n`, { mode: 0o755 });
  }
}

/** A copy of the project with these traps, and some files that its commit has otherwise. */
async function armed(name: string, armedWith: readonly Way[], owner = eve): Promise<string> {
  const root = join(scratch, name);
  await outputOf('cp', ['-a', base, root]);
  for (const { way, config = [], attributes } of armedWith) {
    if (attributes) appendFileSync(join(root, '.git/info/attributes'), `${attributes}\n`);
    for (const [key, value] of config) {
      await outputOf('git', ['config', '--file', join(root, '.git/config'), '--add', key, value]);
    }
    if (way === 'hooks') writeHooks(join(root, '.git/hooks'), way);
    if (way === 'include.path') {
      writeFileSync(join(root, '.git/included'), `[filter "five"]\n\tclean = ${run(way)}\n`);
    }
    if (way === 'includeIf') {
      writeFileSync(join(root, '.git/included-if'), `[filter "ten"]\n\tclean = ${run(way)}\n`);
    }
    if (way === '.gitattributes') writeFileSync(join(root, way), '*.twelve filter=twelve\n');
    if (way === 'core.alternateRefsCommand') {
      const alternates = join(root, '.git/objects/info/alternates');
      writeFileSync(alternates, `${join(base, '.git/objects')}\n`);
    }
    if (way === 'submodule') {
      const file = join(root, '.git/modules/sub/config');
      await outputOf('git', ['config', '--file', file, 'core.fsmonitor', run(way)]);
      await outputOf('git', ['config', '--file', file, 'filter.sub.clean', run(way)]);
      writeFileSync(join(root, '.git/modules/sub/info/attributes'), '* filter=sub\n');
    }
  }
  for (const ending of endings) appendFileSync(join(root, `a.${ending}`), 'more\n');
  await outputOf('chown', ['-R', `${owner.uid}:${owner.gid}`, root]);
  return root;
}

const endings = [
  ...['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'],
  ...['nine', 'ten', 'eleven', 'twelve'],
];

const root0 = { uid: 0, gid: 0 };
const isRoot = process.getuid?.() === 0;
const before = { ...process.env };

beforeAll(async () => {
  if (!isRoot) return;
  chmodSync(scratch, 0o755);
  mkdirSync(marks);
  chmodSync(marks, 0o777);
  writeFileSync(identity.GIT_CONFIG_GLOBAL, '[user]\n\tname = Ada\n\temail = ada@example.org\n');
  writeFileSync(program, `#!/bin/sh\nid -u >> ${marks}/$(basename -- "\${1:-other}")\nexit 1\n`);
  chmodSync(program, 0o755);
  writeHooks(join(scratch, 'hooks'), 'core.hooksPath');
  writeHooks(join(scratch, 'template/hooks'), 'init.templateDir');
  writeFileSync(join(scratch, 'attributes'), '*.eleven filter=eleven\n');
  mkdirSync(join(scratch, 'programs'));
  mkdirSync(join(scratch, 'theirs'));
  chownSync(join(scratch, 'theirs'), eve.uid, eve.gid);
  copyFileSync(program, join(scratch, 'programs/git-remote-sibling-test'));
  process.env.PATH = `${before.PATH}:${join(scratch, 'programs')}`;
  askingServer.listen(0, '127.0.0.1');
  await once(askingServer, 'listening');
  Object.assign(process.env, identity);
  const inBase = (...args: string[]) =>
    outputOf('git', ['-c', 'protocol.file.allow=always', '-C', base, ...args], { env: identity });
  await outputOf('git', ['init', '--quiet', '--initial-branch=main', base], { env: identity });
  mkdirSync(join(base, '.dvc'));
  writeFileSync(join(base, '.dvc/config'), '');
  writeFileSync(join(base, '.gitignore'), '/.sibling\n/.env\n');
  writeFileSync(join(base, '.env'), 'A=1\n', { mode: 0o600 });
  writeFileSync(join(base, 'dvc.yaml'), dvcYaml);
  mkdirSync(join(base, 'stages/a'), { recursive: true });
  writeFileSync(join(base, 'stages/a/Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(base, 'm.json'), '{"a": 1}\n');
  for (const ending of endings) writeFileSync(join(base, `a.${ending}`), 'text\n');
  await inBase('add', '--all');
  await inBase('commit', '--quiet', '--message', 'start');
  await outputOf('git', ['clone', '--quiet', '--bare', base, join(scratch, 'submodule.git')]);
  await inBase('submodule', '--quiet', 'add', join(scratch, 'submodule.git'), 'sub');
  appendFileSync(join(base, '.gitmodules'), '\tignore = none\n');
  await inBase('commit', '--quiet', '--all', '--message', 'submodule');
  await inBase('checkout', '--quiet', '-b', 'other');
  for (const file of ['a.eight', 'm.json']) writeFileSync(join(base, file), '{"a": 2}\n');
  await inBase('commit', '--quiet', '--all', '--message', 'other');
  await inBase('checkout', '--quiet', 'main');
  writeFileSync(join(base, 'a.eight'), 'ours\n');
  await inBase('commit', '--quiet', '--all', '--message', 'ours');
  await inBase('remote', 'add', 'origin', origin);
});
afterEach(() => {
  process.env.GITHUB_ACTIONS = before.GITHUB_ACTIONS ?? '';
});
afterAll(() => {
  for (const name of Object.keys(identity)) delete process.env[name];
  process.env.PATH = before.PATH;
  askingServer.close();
  rmSync(scratch, { recursive: true, force: true });
});

const described = isRoot ? describe : describe.skip; // only root acts for others

/** Lets nobody in without a password. */
const askingServer = createServer((_, response) => {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
});
const askingPort = () => (askingServer.address() as AddressInfo).port;

/** Those that Git would begin with no change in the working tree. */
const withoutChanges = new Set(['merge', 'rebase']);

described('each trap springs for its owner', () => {
  test.each(ways)('$way', async (way) => {
    forget();
    const { isUsers = false, onTerminal = false, mark = way.way } = way;
    const root = await armed(`control-${way.way}`, isUsers ? [] : [way]);
    if (withoutChanges.has(way.trigger[0] ?? '')) {
      await runCommand('git', ['-C', root, 'checkout', '--quiet', '--', '.'], asEve);
    }
    await originOwnedBy(eve);
    const users = join(root, 'users');
    if (isUsers) {
      await outputOf('cp', [identity.GIT_CONFIG_GLOBAL, users]);
      for (const [key, value] of way.config ?? []) {
        await outputOf('git', ['config', '--file', users, key, value]);
      }
    }
    const env = {
      ...{ ...asEve.env, PATH: process.env.PATH, GIT_TERMINAL_PROMPT: '0' },
      ...(isUsers && { GIT_CONFIG_GLOBAL: users }),
    };
    const words = way.trigger.map((word) => word.replace('PORT', String(askingPort())));
    const args = ['-C', root, ...words];
    if (onTerminal) {
      const line = ['git', ...args].join(' ');
      await runCommand('script', ['-qec', line, '/dev/null'], { ...asEve, env });
    } else await runCommand('git', args, { ...asEve, env });
    expect(written()).toEqual([mark]);
  });
});

async function originOwnedBy({ uid, gid }: typeof eve): Promise<void> {
  rmSync(origin, { recursive: true, force: true });
  await outputOf('git', ['clone', '--quiet', '--bare', base, origin]);
  await outputOf('chown', ['-R', `${uid}:${gid}`, origin]);
}

/** Every call of Git that the product makes, as a process that may do all of them. */
async function allCalls(root: string): Promise<string[]> {
  const said: string[] = [];
  const signal = new AbortController().signal;
  const attempt = async (name: string, act: () => unknown) => {
    try {
      const answer = await act();
      if (answer !== undefined) said.push(name);
    } catch {
      // A call may fail here: what it starts is the question.
    }
  };
  await attempt('state', () => gitState(root));
  await attempt('status', () => git(root, 'status', '--porcelain', '--', 'dvc.lock'));
  for (const options of [['--stat'], ['--name-only', 'HEAD'], ['--cached', '--stat']]) {
    await attempt('diff', () => git(root, 'diff', ...options));
  }
  await attempt('ignored', () => ignoredPaths(root, ['x', '.env']));
  await attempt('env', () => originOfEnvFile(root, {}));
  await attempt('data', () => gitData(root));
  await attempt('submodules', () => unfetchedSubmodules(root));
  await attempt('main', () => askMainBranch(root, 'origin'));
  const asking = `http://127.0.0.1:${askingPort()}/x`;
  const named = ['ext', 'helped', 'colons', 'lazy'];
  for (const remote of [...named, 'ssh://host.invalid/x', 'git://host.invalid/x', asking]) {
    await attempt('remote', () => askMainBranch(root, remote));
  }
  await attempt('absent', () => git(root, 'cat-file', '-t', absent));
  await attempt('fetch', () => runFetch(root, fetchBranch({ name: 'main' }, false)));
  await attempt('revision', () => resolveRevision(root, 'nothing', true));
  await attempt('base', async () => {
    const found = await localBase(root, { rev: 'other', mayFetch: true });
    if ('at' in found) await found.at('m.json');
    return found;
  });
  await attempt('clone', async () => {
    const project = findProject(root);
    const clone = await makeClone(project, 'x');
    await clone.fetchAll(signal);
    const commit = (await git(root, 'rev-parse', 'HEAD')) ?? '';
    return (await checkOut(project, clone, commit, signal)).commit;
  });
  await attempt('commit', async () => {
    writeFileSync(join(root, 'm.json'), '{"a": 3}\n');
    await gitForPaths({ purpose: 'x' }, root, ['add'], ['m.json', 'a.one', 'a.three']);
    return gitForPaths({ purpose: 'x' }, root, ['commit', '--quiet', '-m', 'x'], ['m.json']);
  });
  await attempt('results', () => {
    writeFileSync(join(root, 'm.json'), '{"a": 4}\n');
    const event = { name: 'push', branch: 'main' } as Parameters<typeof commitResults>[0]['event'];
    const none = async () => [];
    return commitResults({
      root,
      files: ['m.json'],
      message: 'r',
      event,
      contradictions: none,
      report: () => undefined,
    });
  });
  return said;
}

const expected = ['state', 'diff', 'ignored', 'env', 'data', 'main', 'base', 'clone', 'commit'];

described('root in a repository of another user’s', () => {
  test.each([
    ['at a shell, as its owner', eve, ''],
    ['in a job, with root’s credentials', root0, 'true'],
  ])(
    '%s: works, and runs none of its programs',
    async (name, originOwner, isJob) => {
      const root = await armed(`theirs-${isJob}`, ways);
      await originOwnedBy(originOwner);
      process.env.GITHUB_ACTIONS = isJob;
      forget();
      expect(await allCalls(root)).toEqual(expect.arrayContaining(expected));
      expect([name, written()]).toEqual([name, []]);
      const env = { ...identity, GITHUB_ACTIONS: isJob };
      for (const args of [
        ['doctor'],
        ['report'],
        ['status'],
        ['git-sync'],
        ['export', 'github', '--actions', 'a/b@c'],
      ]) {
        await sibling(root, args, { env });
      }
      expect(written()).toEqual([]);
      expect(
        await outputOf('git', ['-C', origin, 'log', '-1', '--format=%s', 'main'], {
          ...(isJob === '' && eve),
          env: identity,
        }),
      ).not.toBe('ours\n');
    },
    120_000,
  );

  test('a project of root’s below it: refused, by name, until root’s own configuration trusts it', async () => {
    const top = await armed('above', ways);
    const root = join(top, 'inner');
    for (const folder of ['.dvc', 'stages/a']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'stages/a/Dockerfile'), 'FROM scratch\n');
    for (const [file, text] of [
      ['.dvc/config', ''],
      ['.env', 'A=1\n'],
      ['dvc.yaml', dvcYaml],
    ] as const) {
      writeFileSync(join(root, file), text);
    }
    chownSync(root, 0, 0);
    forget();
    const env = { ...identity, SUDO_UID: String(eve.uid) };
    const command = `git config --global --add safe.directory ${top}`;
    const doctor = await sibling(root, ['doctor'], { env });
    expect(doctor.stdout).toContain(`the Git repository ${top} belongs to`);
    expect(doctor.stdout).toContain(command);
    const status = await sibling(root, ['status'], { env });
    expect(status.stderr).toContain(`.env is not read, for the Git repository ${top} belongs to`);
    expect((await sibling(root, ['report'], { env })).stdout).toContain(command);
    const run = await sibling(root, ['run', '--force'], { env });
    expect([run.code, run.stderr]).toEqual([3, expect.stringContaining(command)]);
    expect(await gitState(root)).toBeUndefined();
    appendFileSync(identity.GIT_CONFIG_GLOBAL, `[safe]\n\tdirectory = ${top}\n`);
    expect(await gitState(root)).toMatchObject({ branch: 'main' });
    await allCalls(root);
    expect(written()).toEqual([]);
  }, 120_000);

  test('root’s checkout in a folder of theirs is worked in', async () => {
    const root = await armed('mixed', [], root0);
    chownSync(root, eve.uid, eve.gid);
    expect(await gitState(root)).toMatchObject({ branch: 'main', dirty: true });
  });
});

described('in one’s own repository', () => {
  test('hooks, SSH commands and credential helpers are what they are', async () => {
    const wanted = ['hooks', 'core.sshCommand', 'credential.helper'];
    const root = await armed(
      'own',
      ways.filter(({ way }) => wanted.includes(way)),
      root0,
    );
    forget();
    const commit = ['commit', '--quiet', '--allow-empty', '--message', 'x'];
    await gitFor({ purpose: 'x' }, root, ...commit).catch(() => undefined);
    await askMainBranch(root, 'ssh://host.invalid/x');
    await askMainBranch(root, `http://127.0.0.1:${askingPort()}/x`);
    expect(written()).toEqual([...wanted].sort());
  });

  test.each(['sub', 'sub/.git'])(
    'a submodule whose %s is of another user’s: nothing of it runs',
    async (theirs) => {
      const root = await armed(
        `submodule-${theirs.length}`,
        ways.filter(({ way }) => way === 'submodule'),
        root0,
      );
      const folder = theirs === 'sub' ? join(root, 'sub') : join(root, '.git/modules/sub');
      await outputOf('chown', ['-R', `${eve.uid}:${eve.gid}`, folder]);
      let seconds = Date.now() / 1000;
      // Git compares by content, and so by filters, what may have changed.
      const touch = () => utimesSync(join(root, 'sub/m.json'), ++seconds, seconds);
      for (const off of ['core.fsmonitor=false', 'filter.sub.clean=cat']) {
        touch();
        forget();
        await runCommand('git', ['-C', root, '-c', off, 'status'], { env: identity });
        expect([off, written()]).toEqual([off, ['submodule']]); // Git itself asks nobody whose it is
      }
      forget();
      touch();
      await allCalls(root);
      for (const args of [['doctor'], ['report'], ['git-sync']]) {
        touch();
        await sibling(root, args, { env: identity });
      }
      expect(written()).toEqual([]);
    },
    60_000,
  );
});
