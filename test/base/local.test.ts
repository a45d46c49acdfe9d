import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isFound } from '../../src/base/base.ts';
import { type LocalBaseOptions, localBase } from '../../src/base/local.ts';
import { readPipeline } from '../../src/dvc/read/pipeline.ts';
import { buildReport } from '../../src/job/report/build.ts';
import { renderHtml } from '../../src/report/render/html/render.ts';
import { renderMarkdown } from '../../src/report/render/markdown/render.ts';
import { renderTerminal } from '../../src/report/render/terminal/render.ts';
import type { Report } from '../../src/report/report.ts';
import { configureStages } from '../../src/stage/options/options.ts';
import { style } from '../../src/terminal/style.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sibling-base-'));
const at = (...parts: string[]) => join(scratch, ...parts);
const nobody = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'Ada'],
    [`GIT_${who}_EMAIL`, 'ada@example.com'],
  ]),
);
const run = (folder: string, command: string) =>
  execFileSync('bash', ['-euc', command], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...nobody, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    encoding: 'utf8',
  });

const dvcYaml = `stages:
  train:
    cmd: sibling stage train
    metrics: [{metrics.json: {cache: false}}]
    meta: {sibling: {metrics: {accuracy: {better: higher}}}}
`;

/** A repository in which main has accuracy 0.5 and topic, two commits on, 0.8. */
function repository(name: string, main: string, folder = '.') {
  mkdirSync(at(name, folder, '.dvc'), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(at(name, folder, path), text);
  for (const [path, text] of Object.entries({ '.dvc/config': '', 'dvc.yaml': dvcYaml })) {
    write(path, text);
  }
  write('metrics.json', '{"accuracy": 0.5}');
  const commit = 'git add --all && git commit --quiet --allow-empty --message';
  run(at(name), `git init --quiet --initial-branch=${main}; ${commit} one; ${commit} two`);
  run(at(name), 'git switch --quiet --create topic');
  write('metrics.json', '{"accuracy": 0.8}');
  run(at(name), `${commit} three; ${commit} four; git switch --quiet ${main}; ${commit} five`);
  run(scratch, `git clone --quiet --bare ${name} ${name}.git`);
  run(at(`${name}.git`), 'git config uploadpack.allowFilter true');
}

beforeAll(() => {
  repository('plain', 'main');
  repository('other', 'trunk');
  repository('below', 'master', 'services/model');
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let clones = 0;
/** A clone of one of the repositories, and what is done to it. */
function clone(options: string, source = 'plain', then = 'true'): string {
  const folder = at(`clone-${clones++}`);
  run(scratch, `git clone --quiet ${options} file://${at(`${source}.git`)} ${folder}`);
  run(folder, then);
  return folder;
}

async function reported(root: string, options: LocalBaseOptions = {}): Promise<Report> {
  const pipeline = readPipeline(root);
  const base = await localBase(root, options);
  const stages = configureStages(root, pipeline.stages);
  return (await buildReport({ pipeline, stages, base, head: undefined, links: [] })).report;
}

/** The first line as every format has it. */
function firstLines(report: Report): string[] {
  const markdown = renderMarkdown(report).text.split('\n')[0] ?? '';
  const terminal = renderTerminal(report, style(false)).split('\n')[0] ?? '';
  const html = /<h1>.*<\/h1>/.exec(renderHtml(report, []))?.[0] ?? '';
  return [terminal, markdown.replaceAll('`', ''), html.replace(/<[^>]*>/g, '')].map((line) =>
    line.replaceAll('&#38;', '&').replaceAll('&#39;', "'"),
  );
}

const shallow = '--depth 1 --branch topic';
const unshallow = (main: string) =>
  `git fetch --unshallow origin +${main}:refs/remotes/origin/${main}`;
const single = '--single-branch --branch topic';

/** What a clone is, why it cannot compare, and the command that mends it, run in the clone. */
const without: readonly (readonly [string, () => string, RegExp, string])[] = [
  [
    'shallow',
    () => clone(shallow),
    /main is not in this shallow clone of origin/,
    unshallow('main'),
  ],
  [
    'shallow, main called otherwise',
    () => clone(shallow, 'other'),
    /trunk is not/,
    unshallow('trunk'),
  ],
  [
    'shallow, HEAD detached',
    () => clone(shallow, 'plain', 'git checkout --quiet --detach'),
    /main is not/,
    unshallow('main'),
  ],
  [
    'of one branch',
    () => clone(single, 'other'),
    /trunk is not in this clone/,
    'git fetch origin +trunk:refs/remotes/origin/trunk',
  ],
  [
    'with a boundary before the merge base',
    () => clone('--depth 1 --no-single-branch --branch topic'),
    /where HEAD left main is not in this shallow clone/,
    unshallow('main'),
  ],
  [
    'whose remote has another name',
    () => clone(`--origin server ${shallow}`),
    /main is not in this shallow clone of server/,
    'git fetch --unshallow server +main:refs/remotes/server/main',
  ],
  [
    'with several remotes',
    () => clone(shallow, 'plain', 'git remote add other /nowhere'),
    /shallow clone of origin/,
    unshallow('main'),
  ],
];

describe('a clone that cannot compare', () => {
  test.each(without)('%s', async (_, make, reason, remedy) => {
    const root = make();
    const report = await reported(root);
    expect(report.base).toMatchObject({ found: false, missing: 'unavailable', remedy });
    expect(report.metrics).toMatchObject([{ verdict: 'not-compared', broken: true }]);
    for (const line of firstLines(report)) {
      expect(line).toMatch(/^(?:✘|### ❌|❌) not compared: /);
      expect(line).toMatch(reason);
      expect(line).toContain(remedy);
    }
    run(root, remedy);
    expect((await reported(root)).metrics).toMatchObject([
      { before: { value: 0.5 }, after: { value: 0.8 }, verdict: 'improved' },
    ]);
  });

  test.each(without)('%s: fetches where it may', async (_, make) => {
    expect((await reported(make(), { mayFetch: true })).metrics).toMatchObject([
      { before: { value: 0.5 }, after: { value: 0.8 } },
    ]);
  });

  test('whose server is gone says so', async () => {
    const root = clone(shallow, 'other', 'git remote set-url origin file:///nowhere');
    const report = await reported(root, { mayFetch: true });
    const remedy = "git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'";
    for (const line of firstLines(report)) {
      expect(line).toMatch(/the main branch is not in this shallow clone of origin/);
      expect(line).toContain(`${remedy} && git remote set-head origin --auto`);
    }
  });

  test('without any of the contents, whose server is gone', async () => {
    const gone = 'git remote set-url origin file:///nowhere';
    const report = await reported(clone('--filter=blob:none --branch topic', 'plain', gone));
    expect(report.base).toMatchObject({
      missing: 'unavailable',
      reason: expect.stringMatching(
        /metrics.json of \w{7} is not in this partial clone, and origin/,
      ),
      remedy: 'git fetch --refetch --no-filter origin',
    });
  });

  test('of unrelated histories', async () => {
    const root = clone(
      '',
      'plain',
      'git checkout --quiet --orphan lone; git commit --quiet -m one',
    );
    const report = await reported(root);
    const remedy = 'sibling report --base main --exact';
    expect(report.base).toMatchObject({ missing: 'unavailable', ref: 'main', remedy });
    expect(await reported(root, { rev: 'main', isExact: true })).toMatchObject({
      base: { found: true },
    });
  });

  test('no repository at all, and one without a commit', async () => {
    const root = at('bare-folder');
    mkdirSync(join(root, '.dvc'), { recursive: true });
    writeFileSync(join(root, 'dvc.yaml'), dvcYaml);
    expect(await localBase(root)).toMatchObject({ missing: 'unavailable', remedy: 'git init' });
    run(root, 'git init --quiet');
    const report = await reported(root);
    expect(report.base).toMatchObject({ missing: 'nothing' });
    for (const line of firstLines(report)) {
      expect(line).toContain('nothing to compare with: the repository has no commit yet');
    }
  });
});

describe('a clone that compares', () => {
  const worktree = 'git worktree add --quiet ../worktree topic';
  const able: readonly (readonly [string, () => string])[] = [
    ['whole', () => clone('--branch topic')],
    [
      'without origin, main called otherwise',
      () => clone('--branch topic --origin server', 'other'),
    ],
    ['a detached HEAD', () => clone('--branch topic', 'other', 'git checkout --quiet --detach')],
    ['a worktree', () => join(clone('', 'other', worktree), '../worktree')],
    ['a project in a folder', () => join(clone('--branch topic', 'below'), 'services/model')],
    ['without its contents', () => clone('--filter=blob:none --branch topic')],
    [
      'a submodule',
      () => {
        const root = at('super');
        mkdirSync(root);
        const add = 'git -c protocol.file.allow=always submodule --quiet add -b topic';
        run(root, `git init --quiet; ${add} file://${at('plain.git')} part`);
        return join(root, 'part');
      },
    ],
  ];
  test.each(able)('%s', async (_, make) => {
    expect((await reported(make())).metrics).toMatchObject([
      { before: { value: 0.5 }, after: { value: 0.8 }, verdict: 'improved' },
    ]);
  });

  test('with HEAD itself says so, and how to look further back', async () => {
    const report = await reported(clone(''));
    expect(report.base).toMatchObject({
      found: true,
      self: { remedy: 'sibling report --base HEAD~1' },
    });
    for (const line of firstLines(report)) {
      expect(line).toMatch(
        /the base is HEAD itself, commit \w{7} of main \(sibling report --base HEAD~1\)/,
      );
      expect(line).not.toMatch(/nor anything else|✔|✅/);
    }
  });

  test("with the branch that a pull request's job names", async () => {
    const root = clone('--depth 1 --branch topic', 'other', 'git switch --quiet --create change');
    const base = await localBase(root, { branch: 'topic', mayFetch: true });
    expect(base).toMatchObject({ ref: 'topic' });
    expect(isFound(base)).toBe(true);
  });

  test('knows a branch that only the remote has', async () => {
    const base = await localBase(clone('', 'plain'), { rev: 'topic' });
    expect(isFound(base)).toBe(true);
  });

  test('refuses the beginning of two hashes', async () => {
    const root = at('many');
    mkdirSync(root);
    // The same commits each time, so many that two begin alike.
    const commit = 'commit refs/heads/main\ncommitter Ada <ada@example.com> 0 +0000\ndata 0\n';
    writeFileSync(join(root, 'commits'), commit.repeat(700));
    run(root, 'git init --quiet --initial-branch=main; git fast-import --quiet < commits');
    const hashes = run(root, 'git log --format=%H').trim().split('\n');
    const starts = hashes.map((hash) => hash.slice(0, 4));
    const rev = starts.find((start, index) => starts.indexOf(start) !== index) ?? 'none';
    const hint = expect.stringContaining(hashes.find((hash) => hash.startsWith(rev)) ?? '');
    await expect(localBase(root, { rev })).rejects.toMatchObject({
      failure: { kind: 'usage', cause: expect.stringContaining('is ambiguous'), hint },
    });
  });

  test.each([
    ['nowhere', 'Git knows no revision nowhere'],
    ['--output=x', 'Git knows no revision --output=x'],
    ['both', 'both is ambiguous'],
  ])('refuses the revision %s', async (rev, cause) => {
    const root = clone('', 'plain', 'git tag both HEAD~1; git branch both HEAD');
    await expect(localBase(root, { rev })).rejects.toMatchObject({
      failure: { kind: 'usage', cause: expect.stringContaining(cause) },
    });
  });
});
