import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ExpectedFailure } from '../../../src/errors.ts';
import { commitResults, type ResultsToCommit } from '../../../src/github/commit/commit-results.ts';
import type { PipelineEvent } from '../../../src/github/job/event.ts';
import { resultsHold } from '../../../src/job/results/hold.ts';
import { findProject } from '../../../src/project/project.ts';
import { refuseCommits } from '../../rig/protected-branch.ts';
import { git } from '../../rig/stage-project.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const entry = (path: string, hash: string) =>
  `    - path: ${path}\n      hash: md5\n      md5: ${hash}\n`;
const [data, words, model] = ['aa', 'bb', 'cc'].map((two) => two.repeat(16)) as [
  string,
  string,
  string,
];

/** Two stages as a run left them: `train` reads a file, a parameter and data of a .dvc file. */
const files = {
  'data.dvc': `outs:\n- md5: ${data}\n  hash: md5\n  path: data\n`,
  'train.py': 'train\n',
  'params.yaml': 'train: {depth: 3}\nunused: 1\n',
  'README.md': 'read me\n',
  'dvc.yaml': `stages:
  words:
    cmd: words
    outs: [words]
  count:
    cmd: count
    deps: [words/one]
    outs: [count]
  train:
    cmd: train
    deps: [data, train.py]
    params: [train.depth]
    outs: [model]
`,
};
const lock = (modelHash = model, wordsHash = `${words}.dir`) => `schema: '2.0'
stages:
  words:
    cmd: words
    outs:
${entry('words', wordsHash)}  count:
    cmd: count
    deps:
${entry('words/one', md5('one'))}    outs:
${entry('count', md5('1'))}  train:
    cmd: train
    deps:
${entry('data', data)}${entry('train.py', md5(files['train.py']))}    params:
      params.yaml:
        train.depth: 3
    outs:
${entry('model', modelHash)}`;

const push: PipelineEvent = {
  ...{ kind: 'pipeline', name: 'push', base: { kind: 'nothing' } },
  ...{ head: undefined, branch: 'main' },
};

let folder = '';
let origin = '';
/** Where the job works, and where somebody else does. */
let job = '';
let elsewhere = '';
let said: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-commit-'));
  [origin, job, elsewhere] = ['origin.git', 'job', 'elsewhere'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  said = [];
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  git(folder, 'init', '--quiet', elsewhere);
  git(elsewhere, 'remote', 'add', 'origin', origin);
  change(files, 'start');
  // As actions/checkout does: no more than the newest commit.
  git(folder, 'clone', '--quiet', '--depth=1', `file://${origin}`, job);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Somebody else's commit to main. */
function change(texts: Readonly<Record<string, string>>, message = 'other'): string {
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(elsewhere, path), text);
  git(elsewhere, 'add', '--all');
  git(elsewhere, 'commit', '--quiet', '--message', message);
  git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
  return git(elsewhere, 'rev-parse', 'HEAD');
}

/** The job found `text` for dvc.lock and commits it, after somebody did `first`. */
async function commit(
  first: () => unknown = () => undefined,
  { text = lock(), ...more }: Partial<ResultsToCommit> & { text?: string } = {},
): Promise<string | undefined> {
  writeFileSync(join(job, 'dvc.lock'), text);
  const contradictions = await resultsHold(findProject(job));
  first();
  return commitResults({
    ...{ root: job, files: ['dvc.lock'], message: 'Results [skip ci]', event: push },
    ...{ contradictions, report: (line: string) => said.push(line) },
    ...more,
  });
}

async function failure(of: Promise<unknown>) {
  const error = await of.then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof ExpectedFailure)) throw new Error(`not refused: ${error}`);
  return error.failure;
}

const messages = () => git(origin, 'log', '--format=%s', 'main').split('\n');

describe('results are committed', () => {
  test('by the bot, on the branch that was pushed', async () => {
    const made = await commit();
    expect(made).toBe(git(origin, 'rev-parse', 'main'));
    expect(git(origin, 'log', '-1', '--format=%an: %s', 'main')).toBe(
      'github-actions[bot]: Results [skip ci]',
    );
    expect(git(origin, 'show', 'main:dvc.lock')).toBe(lock().trim());
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['a text that no stage reads', { 'README.md': 'new\n' }],
    ['a parameter that no stage reads', { 'params.yaml': 'train: {depth: 3}\nunused: 2\n' }],
    [
      'a new stage',
      { 'dvc.yaml': `${files['dvc.yaml']}  late:\n    cmd: late\n    outs: [late]\n` },
    ],
  ])('on top of %s', async (_, texts) => {
    const made = await commit(() => change(texts));
    expect(messages()).toEqual(['Results [skip ci]', 'other', 'start']);
    expect(made).toBe(git(origin, 'rev-parse', 'main'));
    expect(said[0]).toBe('main has moved on: committing on top of it');
  });

  test('on top of a branch that was rewritten: the commit that went away stays away', async () => {
    change({ 'secret.txt': 'secret\n' }, 'a mistake');
    git(job, 'pull', '--quiet');
    await commit(() => {
      git(elsewhere, 'reset', '--quiet', '--hard', 'HEAD~1');
      git(elsewhere, 'push', '--quiet', '--force', 'origin', 'HEAD:main');
    });
    expect(messages()).toEqual(['Results [skip ci]', 'start']);
  });

  test('after several races', async () => {
    let races = 0;
    const contradictions = async () => {
      if (races < 3) change({ 'README.md': `${races++}\n` });
      return [];
    };
    await commit(() => change({ 'README.md': 'first\n' }), { contradictions });
    expect(messages()).toEqual(['Results [skip ci]', ...Array(4).fill('other'), 'start']);
  });
});

test('files of any number and name are committed, but for those that Git ignores', async () => {
  // More than two megabytes of names, which no command line holds.
  const deep = Array.from({ length: 14 }, () => 'd'.repeat(250)).join('/');
  mkdirSync(join(job, deep), { recursive: true });
  const names = Array.from({ length: 620 }, (_, at) => `${deep}/${at}`);
  const all = [...names, 'a*[b].json', 'big.csv'];
  for (const name of all) writeFileSync(join(job, name), 'text');
  writeFileSync(join(job, '.git/info/exclude'), 'big.csv\n');
  await commit(undefined, { files: ['dvc.lock', ...all] });
  const listed = (tree: string) => git(origin, 'ls-tree', '--name-only', tree).split('\n');
  expect(listed(`main:${deep}`)).toHaveLength(names.length);
  expect(listed('main')).toContain('a*[b].json');
  expect(listed('main')).not.toContain('big.csv');
  expect(said.at(-1)).toMatch(/and 612 more to main/);
});

describe('whatever the machine is set to', () => {
  const machine = {
    GIT_CONFIG_GLOBAL: process.env.GIT_CONFIG_GLOBAL,
    GIT_DIR: process.env.GIT_DIR,
  };
  afterEach(() => {
    for (const [name, value] of Object.entries(machine)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test('the bot signs nothing, starts no hook and asks nobody', async () => {
    const hooks = join(folder, 'hooks');
    mkdirSync(hooks);
    const hook = `#!/bin/sh\necho "$0" >> ${folder}/started\nexit 1\n`;
    for (const name of ['pre-commit', 'commit-msg', 'pre-push', 'pre-rebase', 'post-commit']) {
      writeFileSync(join(hooks, name), hook, { mode: 0o755 });
    }
    writeFileSync(join(hooks, 'fsmonitor'), hook, { mode: 0o755 });
    writeFileSync(
      join(folder, 'gitconfig'),
      `[core]
  hooksPath = ${hooks}
  fsmonitor = ${hooks}/fsmonitor
  pager = ${hooks}/pre-commit
  editor = false
  quotePath = true
[commit]
  gpgSign = true
  template = ${folder}/none
  verbose = true
  cleanup = strip
[tag]
  gpgSign = true
[push]
  gpgSign = true
  followTags = true
[gpg]
  program = false
[color]
  ui = always
[log]
  showSignature = true
[user]
  useConfigOnly = true
[rebase]
  autoStash = true
  autoSquash = true
[alias]
  commit = !false
  push = !false
`,
    );
    process.env.GIT_CONFIG_GLOBAL = join(folder, 'gitconfig');
    process.env.GIT_DIR = origin;
    const made = await commit(() => {
      delete process.env.GIT_DIR;
      process.env.GIT_CONFIG_GLOBAL = '/dev/null';
      change({ 'README.md': 'new\n' });
      process.env.GIT_CONFIG_GLOBAL = join(folder, 'gitconfig');
      process.env.GIT_DIR = origin;
    });
    delete process.env.GIT_DIR;
    process.env.GIT_CONFIG_GLOBAL = '/dev/null';
    expect(messages()).toEqual(['Results [skip ci]', 'other', 'start']);
    expect(git(origin, 'rev-parse', 'main')).toBe(made);
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip; // only root may give files away
  asRoot('root commits in a checkout of another user', async () => {
    execFileSync('chown', ['-R', '1001:1001', job]);
    const made = await commit(() => change({ 'README.md': 'new\n' }));
    expect(git(origin, 'rev-parse', 'main')).toBe(made);
  });
});

describe('nothing is committed', () => {
  test.each(['pull_request', 'merge_group'])('for %s', async (name) => {
    expect(
      await commit(undefined, { event: { ...push, name, branch: undefined } }),
    ).toBeUndefined();
    expect(messages()).toEqual(['start']);
    expect(said[0]).toMatch(`Nothing is committed for ${name}`);
  });

  test('where an earlier try of the step pushed the commit', async () => {
    const made = await commit();
    const later = () => {
      git(elsewhere, 'pull', '--quiet', '--rebase', 'origin', 'main');
      change({ 'README.md': 'new\n' }, 'later');
    };
    expect(await commit(later)).toBeUndefined();
    expect(messages()).toEqual(['later', 'Results [skip ci]', 'start']);
    expect(git(job, 'rev-parse', 'HEAD')).toBe(made);
    expect(said.at(-1)).toMatch(/has these results already/);
  });

  test('where another run brought the same results', async () => {
    expect(await commit(() => change({ 'dvc.lock': lock() }, 'same'))).toBeUndefined();
    expect(messages()).toEqual(['same', 'start']);
    expect(said.at(-1)).toMatch(/has these results already/);
  });
});

describe('results that do not hold any more are refused, and nothing is pushed', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a script', { 'train.py': 'better\n' }, 'train: train.py changed'],
    [
      'a parameter',
      { 'params.yaml': 'train: {depth: 5}\nunused: 1\n' },
      'train: params.yaml: train.depth 3 → 5',
    ],
    [
      'a command',
      { 'dvc.yaml': files['dvc.yaml'].replace('cmd: train', 'cmd: train --all') },
      'train: command changed: train → train --all',
    ],
    [
      'data',
      {
        'data.dvc': files['data.dvc']
          .replaceAll('a', 'd')
          .replaceAll('ddtd', 'data')
          .replaceAll('pdth', 'path'),
      },
      'train: data changed',
    ],
    [
      'the same entry of dvc.lock',
      { 'dvc.lock': lock(words) },
      'its dvc.lock or metrics differ from those of this run',
    ],
  ])('by a change of %s', async (_, texts, reason) => {
    let newest = '';
    const found = await failure(
      commit(() => {
        newest = change(texts);
      }),
    );
    expect(found).toMatchObject({ kind: 'github', details: expect.arrayContaining([reason]) });
    expect(found.cause).toMatch(
      /^main has moved on, and the results of this run do not hold there/,
    );
    expect(git(origin, 'rev-parse', 'main')).toBe(newest);
  });

  test('by another entry of dvc.lock, where only DVC knows what hangs on it', async () => {
    change({ 'dvc.lock': lock() }, 'lock');
    git(job, 'pull', '--quiet', '--unshallow');
    const found = await failure(
      commit(() => change({ 'dvc.lock': lock(model, `${model}.dir`) }), { text: lock(words) }),
    );
    expect(found.details).toEqual([
      'count: part of an out, words/one, that is not here: only DVC can tell',
    ]);
    expect(messages()).toEqual(['other', 'lock', 'start']);
  });
});

describe('what is not this step’s own', () => {
  test('a commit of the bot that somebody took back is not brought again', async () => {
    const made = await commit();
    if (!made) throw new Error('nothing was committed');
    git(elsewhere, 'push', '--quiet', '--force', 'origin', 'HEAD:main');
    const event = { ...push, head: made };
    expect(await commit(undefined, { event })).toBeUndefined();
    expect(messages()).toEqual(['start']);
  });

  test('a dvc.lock that Git ignores is refused, other ignored files are told of', async () => {
    writeFileSync(join(job, '.git/info/exclude'), '*.lock\nbig.csv\n');
    const found = await failure(commit());
    expect(found.cause).toMatch(/dvc\.lock is ignored|ignores dvc\.lock/);
    writeFileSync(join(job, '.git/info/exclude'), 'big.csv\n');
    writeFileSync(join(job, 'big.csv'), 'x');
    await commit(undefined, { files: ['dvc.lock', 'big.csv'] });
    expect(said).toContain('Left out, for Git ignores them: big.csv');
  });
});

describe('a branch that does not take the commit', () => {
  test('because it is gone is not brought back', async () => {
    const found = await failure(
      commit(() => {
        git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:refs/heads/other');
        git(origin, 'symbolic-ref', 'HEAD', 'refs/heads/other');
        git(elsewhere, 'push', '--quiet', 'origin', ':main');
      }),
    );
    expect(found.cause).toBe('main is not there any more');
    expect(git(origin, 'branch', '--format=%(refname:short)')).toBe('other');
  });

  test('because it is protected is named so', async () => {
    refuseCommits(origin, 'main');
    const found = await failure(commit());
    expect(found.cause).toBe('main is protected and takes no commit from this workflow');
    expect(found.hint).toMatch(/on-protected-branch: pull-request/);
    expect(found.details?.join()).toMatch(/GH006/);
    expect(messages()).toEqual(['start']);
  });

  test('because it is protected is refused again when the step is repeated', async () => {
    refuseCommits(origin, 'main');
    const first = await failure(commit());
    expect(await failure(commit())).toEqual(first);
    expect(said).toEqual([]);
  });

  test('the first time is given the commit when the step is repeated', async () => {
    refuseCommits(origin, 'main');
    await failure(commit());
    rmSync(join(origin, 'hooks/pre-receive'));
    const made = await commit(() => change({ 'README.md': 'new\n' }));
    expect(messages()).toEqual(['Results [skip ci]', 'other', 'start']);
    expect(git(origin, 'rev-parse', 'main')).toBe(made);
  });

  test('because origin cannot be asked is named by what was to be done', async () => {
    const found = await failure(commit(() => rmSync(origin, { recursive: true })));
    expect(found.cause).toBe('asking origin for main failed');
    expect(found.details?.join('\n')).toMatch(/does not appear to be a git repository/);
  });

  test('because others are always faster is given up on', async () => {
    let races = 0;
    const contradictions = async () => {
      change({ 'README.md': `${races++}\n` });
      return [];
    };
    const found = await failure(
      commit(() => change({ 'README.md': 'first\n' }), { contradictions }),
    );
    expect(found.cause).toBe('main moved on 5 times while the results were to be pushed');
    expect(races).toBe(4);
    expect(messages()).toEqual([...Array(5).fill('other'), 'start']);
    expect(readFileSync(join(job, 'dvc.lock'), 'utf8')).toBe(lock());
  });
});
