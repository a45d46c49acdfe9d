import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HashCache } from '../../src/dvc/hash/cache.ts';
import { Contents } from '../../src/dvc/hash/content.ts';
import { DvcIgnore } from '../../src/dvc/ignore/dvc-ignore.ts';
import { GitIgnore } from '../../src/dvc/ignore/git-ignore.ts';
import { preparePython } from '../../src/dvc/params/python-values.ts';
import { compareDescription, compareStatus } from '../rig/differential/compare.ts';
import { compareIgnored } from '../rig/differential/compare-ignored.ts';
import { Dvc } from '../rig/differential/dvc.ts';
import { exampleProjects } from '../rig/differential/example-projects.ts';
import { outsideProjects } from '../rig/differential/outside-projects.ts';
import { publicProjects } from '../rig/differential/public-projects.ts';
import { runDifferential } from '../rig/differential/run.ts';

let dvc: Dvc;
const folder = mkdtempSync(join(tmpdir(), 'sibling-real-dvc-'));

beforeAll(async () => {
  dvc = new Dvc();
  await preparePython();
});

afterAll(() => {
  dvc.end();
  rmSync(folder, { recursive: true, force: true });
});

function project(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) put(join(root, path), text);
  return root;
}

test.each([...exampleProjects, ...publicProjects])(
  '$name reads and judges as DVC does',
  async ({ name, files }) => {
    const root = project(name, files);
    await dvc.demand('init', { root });
    expect(await compareDescription(dvc, root)).toEqual([]);
    const { disagreements, handedOver, agreed } = await compareStatus(dvc, root, join(folder, 'h'));
    expect(disagreements).toEqual([]);
    expect(handedOver).toEqual([]);
    expect(agreed).toBeGreaterThan(0);
  },
  60_000,
);

test.each(outsideProjects)(
  '$name is judged as DVC does',
  async ({ name, make, edits }) => {
    const [root, elsewhere] = [join(folder, name, 'project'), join(folder, name, 'elsewhere')];
    for (const path of [root, elsewhere]) mkdirSync(path, { recursive: true });
    await dvc.demand('init', { root });
    make(root, elsewhere);
    await dvc.demand('repro', { root });
    const answers: string[] = [];
    for (const [edit, change] of [['as it ran', () => undefined] as const, ...edits]) {
      change(root, elsewhere);
      const { disagreements, handedOver } = await compareStatus(dvc, root, join(folder, 'h3'));
      const unsure = handedOver.filter((each) => !each.includes('leads nowhere'));
      answers.push(...[...disagreements, ...unsure].map((each) => `${edit}: ${each}`));
    }
    expect(answers).toEqual([]);
  },
  60_000,
);

test('a linked work tree has the ignore settings of its repository, as for DVC', async () => {
  const [main, root] = [join(folder, 'of-work-tree'), join(folder, 'work-tree')];
  put(join(main, 'in.txt'), '');
  put(join(folder, 'mine'), 'mine*\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', main, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'start');
  git('config', 'core.excludesFile', join(folder, 'mine'));
  git('config', 'core.ignoreCase', 'true');
  git('worktree', 'add', '--quiet', '--detach', root);
  await dvc.demand('init', { root });
  for (const name of ['mine1', 'other', 'BIG', 'common']) put(join(root, name), '');
  put(join(root, '.gitignore'), 'big\n');
  put(join(main, '.git/info/exclude'), 'common\n');
  expect(await compareIgnored(dvc, root)).toEqual([]);
  expect(new GitIgnore(root).ignores('mine1', false)).toBe(true);
}, 60_000);

test('random projects and edits: never another verdict than DVC', async () => {
  const result = await runDifferential({ dvc, seed: 0, count: 40, editsPerProject: 10 });
  expect(result.disagreements).toEqual([]);
  expect(result.agreed).toBeGreaterThan(50);
}, 400_000);

const oddNames = [
  ...['with space', `it's`, 'say "hi"', 'café', 'cafe\u0301', '😀', 'ﬀ', '#x', '-d', 'a%b'],
  ...['tab\there', 'line\nbreak', 'é/ü/ñ', 'UPPER', 'upper', 'a-b', 'a/b', 'a.b', '\u007f'],
  ...['back\\slash', '\u{10ffff}', '\uffff'],
];

test.each<[string, (folder: string) => void]>([
  [
    'odd names',
    (at) => {
      for (const name of oddNames) put(join(at, name), name.repeat(3));
    },
  ],
  ['very deep folders', (at) => put(join(at, `${'deep/'.repeat(200)}file`), 'x')],
  [
    'empty files',
    (at) => {
      for (const name of ['a', 'b/c']) put(join(at, name), '');
    },
  ],
  ['no files', (at) => mkdirSync(join(at, 'empty/inside'), { recursive: true })],
  [
    'files that may be run, and some that only their owner reads',
    (at) => {
      put(join(at, 'run.sh'), 'true');
      chmodSync(join(at, 'run.sh'), 0o755);
      put(join(at, 'secret'), 's');
      chmodSync(join(at, 'secret'), 0o600);
    },
  ],
  [
    'links to a file inside, a file outside and a folder',
    (at) => {
      put(join(at, 'file'), 'x');
      put(join(at, '../outside/file'), 'y');
      symlinkSync('file', join(at, 'inside'));
      symlinkSync('../outside/file', join(at, 'out'));
      symlinkSync('../outside', join(at, 'folder'));
    },
  ],
])('the hash of a folder with %s is that of DVC', async (name, fill) => {
  const root = project(`folder with ${name}`, { 'data/kept': 'k' });
  if (name === 'no files') rmSync(join(root, 'data/kept'));
  fill(join(root, 'data'));
  await dvc.demand('init', { root });
  const contents = new Contents(root, new DvcIgnore(root), new HashCache(join(folder, 'h2')));
  contents.want('data', 'md5');
  await contents.compute();
  const hash = await dvc.demand<string>('hash', { root, path: 'data' });
  expect(contents.contentOf('data', 'md5')).toEqual({ state: 'present', hash });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
