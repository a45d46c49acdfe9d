import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { exitCodes } from '../../src/errors.ts';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import {
  type Finished,
  makeProject,
  removeProject,
  sibling,
  startSibling,
} from '../rig/stage-project.ts';

/** What may be at a place where a file or a folder is looked for. */
const kinds: Readonly<Record<string, (path: string) => void>> = {
  file: (path) => writeFileSync(path, 'text\n'),
  folder: (path) => mkdirSync(path),
  pipe: (path) => execFileSync('mkfifo', [path]),
  'a link to nowhere': (path) => symlinkSync('nowhere', path),
  'a link to itself': (path) => symlinkSync(basename(path), path),
  'nothing in it': (path) => writeFileSync(path, ''),
  '3 GiB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 3 * 2 ** 30);
  },
};

const places = [
  ...['dvc.yaml', 'dvc.lock', 'params.yaml', '.env', '.dvcignore', '.gitignore'],
  ...['.dvc/config', '.dvc/config.local', '.dvc/tmp', '.dvc/tmp/rwlock', '.dvc/cache'],
  ...['.sibling', '.sibling/run.lock', '.sibling/present', '.sibling/hash-cache'],
  ...['stages/a/Dockerfile', 'stages/a/.dockerignore', 'stages/a/other', 'data/other', 'm.json'],
  ...['p.csv', 'out', '.git/HEAD', '.git/config', '.git/index', '.github/workflows/pipeline.yml'],
];

const commands = ['report', 'doctor', 'clean', 'export github --actions a/b@v1'];
const documented = new Set([0, ...Object.values(exitCodes)]);

beforeAll(() => ensureBusyboxImage());

function project(): string {
  return makeProject({
    stages: {
      a: {
        script: 'echo {} > m.json; echo a > p.csv; echo 1 > out',
        entry: {
          deps: ['stages/a', 'data'],
          params: ['x'],
          metrics: [{ 'm.json': { cache: false } }],
          plots: [{ 'p.csv': { cache: false } }],
          outs: ['out'],
        },
      },
    },
    files: { 'params.yaml': 'x: 1\n', 'data/in': '1\n' },
  });
}

function put(root: string, place: string, kind: string): void {
  const path = join(root, place);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  kinds[kind]?.(path);
}

/** What is wrong with how a command ended: a bug, a hang, raw words, or no word of what is odd. */
function fault({ code, stdout, stderr }: Finished, seconds: number, place?: string): string[] {
  const said = stdout + stderr;
  return [
    ...(code !== null && documented.has(code) ? [] : [`ended with ${code}`]),
    ...(seconds < 30 ? [] : [`took ${seconds} s`]),
    ...(/unexpected|^\s+at .*:\d+:\d+|Traceback|Warning:/m.test(said) ? ['raw words'] : []),
    ...(place === undefined || said.includes(place) ? [] : [`says nothing of ${place}`]),
  ].map((each) => `${each}: ${said.slice(-400)}`);
}

async function judged(root: string, command: string, place?: string): Promise<string[]> {
  const begun = performance.now();
  const started = await sibling(root, command.split(' '), { timeout: 40_000 });
  return fault(started, (performance.now() - begun) / 1000, place);
}

test.each(Object.keys(kinds))(
  '%s where something else is meant ends in words, wherever it is',
  async (kind) => {
    const limit = pLimit(3);
    const faults = await Promise.all(
      places.map((place, at) =>
        limit(async () => {
          const root = project();
          put(root, place, kind);
          const other = commands[(at + Object.keys(kinds).indexOf(kind)) % commands.length] ?? '';
          const found: string[] = [];
          // Data may be of any size, and take their time to hash.
          const isLong = kind === '3 GiB' && /^(?:stages|data|out|m\.json)/.test(place);
          for (const command of isLong ? ['report'] : ['status', other]) {
            const why = await judged(root, command);
            found.push(...why.map((each) => `${place}, ${command}: ${each}`));
          }
          removeProject(root);
          return found;
        }),
      ),
    );
    expect(faults.flat()).toEqual([]);
  },
  300_000,
);

// Nothing is started for these, for DVC would end in its own words, or wait.
const refused: readonly [place: string, kind: string][] = [
  ['data/other', 'pipe'],
  ['data/other', 'a link to nowhere'],
  ['stages/a/other', 'pipe'],
  ['m.json', 'pipe'],
  ['out', 'pipe'],
  ['params.yaml', 'pipe'],
  ['.dvcignore', 'folder'],
  ['.gitignore', 'pipe'],
  ['.dvc/config', 'folder'],
  ['.dvc/tmp', 'file'],
  ['.dvc/tmp/rwlock', 'folder'],
  ['.sibling', 'file'],
  ['.sibling/run.lock', 'folder'],
  ['dvc.lock', '3 GiB'],
  ['dvc.lock', 'a link to nowhere'],
  ['.git/HEAD', 'pipe'],
  ['.git/objects', 'file'],
  ['.git/config', 'file'],
  ['.git', 'file'],
  ['d', 'file'],
  ['wd', 'nowhere'],
  ['wd', 'file'],
  ['wd', 'pipe'],
  ['wd', 'a link to nowhere'],
];

test('a run that cannot be is refused by name before it starts', async () => {
  const limit = pLimit(3);
  const faults = await Promise.all(
    refused.map(([place, kind]) =>
      limit(async () => {
        const root = project();
        if (place === 'wd') {
          const text = 'stages: {a: {cmd: sibling stage a, wdir: wd, outs: [o]}}\n';
          writeFileSync(join(root, 'dvc.yaml'), text);
        }
        if (place === 'd') {
          const text = 'stages: {a: {cmd: sibling stage a, outs: [d/e/o]}}\n';
          writeFileSync(join(root, 'dvc.yaml'), text);
        }
        put(root, place, kind);
        const named = place.startsWith('.git/') ? root : place;
        const { code, stdout, stderr } = await sibling(root, ['run'], { timeout: 40_000 });
        removeProject(root);
        const said = stdout + stderr;
        const isGood =
          code === exitCodes.configuration &&
          said.includes(named) &&
          !/Building|Running/.test(said);
        return isGood ? [] : [`${place}, ${kind}: ${code} ${said.slice(-400)}`];
      }),
    ),
  );
  expect(faults.flat()).toEqual([]);
}, 300_000);

test('what the system refuses once a stage has run is told with its time and its log', async () => {
  const root = makeProject({
    stages: { a: { script: 'echo was here; sleep 2; echo 1 > d/o', entry: { outs: ['d/o'] } } },
  });
  const started = startSibling(root, ['run']);
  await started.until(/was here/);
  writeFileSync(join(root, 'd'), 'a file where the folder belongs\n');
  const { code, stdout, stderr } = await started.finished;
  const said = stdout + stderr;
  expect(said).toMatch(/error: dvc\.yaml:\d+: .*\/d: /);
  expect(said).toMatch(/\| was here/);
  expect(said).toMatch(/✘\s+a\s+failed\s+[1-9]/);
  expect(code).toBe(exitCodes.configuration);
  removeProject(root);
}, 120_000);

test('names that begin with a dash are names to every program', async () => {
  const root = makeProject({
    stages: {},
    files: {
      'dvc.yaml': `stages: {-a: {cmd: 'sibling stage -a -- cp -- -in -out', deps: ['-in'], outs: ['-out'], meta: {sibling: {image: stages/a}}}}\n`,
      '-in': '1\n',
      'stages/a/Dockerfile': 'FROM sibling-test/busybox:3\n',
    },
  });
  for (const args of [
    ['run', '--', '-a'],
    ['status', '--', '-a'],
    ['status', '--remote', '--', '-out'],
    ['push', '--', '-out'],
    ['pull', '--', '-out'],
    ['run', '--force', '--', '-a'],
  ]) {
    const { code, stdout, stderr } = await sibling(root, args);
    expect([args, code, code === 0 ? '' : stdout + stderr]).toEqual([args, 0, '']);
    if (args.includes('push')) rmSync(join(root, '-out'));
  }
  expect(await judged(root, 'status', 'up to date')).toEqual([]);
  removeProject(root);
}, 300_000);

let quiet = '';
afterAll(() => removeProject(quiet));
test('doctor prints no warning of Node’s own', async () => {
  quiet = makeProject({ stages: {}, files: { '.gitignore': '.env\n' } });
  writeFileSync(join(quiet, '.env'), 'MLFLOW_TRACKING_URI=http://u:p%zz@127.0.0.1:1/x\n');
  expect(await judged(quiet, 'doctor')).toEqual([]);
}, 60_000);
