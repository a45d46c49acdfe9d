import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { repository } from '../rig/repository.ts';
import { outputOf, runCommand } from '../rig/run-command.ts';

let root: string;
let cache: string;
let kept: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sibling-start-'));
  cpSync(join(repository, 'bin'), join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'dist'));
  cache = join(root, 'cache');
  kept = join(cache, 'sibling/compiled');
  bundle('first');
});
afterEach(() => rmSync(root, { recursive: true }));

/** A bundle with one chunk, which says a word. */
function bundle(word: string): void {
  writeFileSync(join(root, 'dist/index.js'), "console.log(require('./1.index.js').say());\n");
  writeFileSync(join(root, 'dist/1.index.js'), `exports.say = () => '${word}';\n`);
}

function start(env: NodeJS.ProcessEnv = {}): Promise<string> {
  return outputOf(join(root, 'bin/sibling'), [], { env: { XDG_CACHE_HOME: cache, ...env } });
}

describe('what was compiled', () => {
  const states = () =>
    readdirSync(kept)
      .sort()
      .map((name) => statSync(join(kept, name)).mtimeMs);

  test('is kept for the next start, for the user alone', async () => {
    expect(await start()).toBe('first\n');
    const before = states();
    expect(before).toHaveLength(2);
    expect(statSync(kept).mode & 0o077).toBe(0);
    expect(await start()).toBe('first\n');
    expect(states()).toEqual(before);
  });

  test('is not used for another source of the same length', async () => {
    await start();
    bundle('other');
    expect(await start()).toBe('other\n');
  });

  test.each([
    ['garbled', (bytes: Buffer) => bytes.fill(7, 60)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
  ])('is made again where it is %s', async (_label, damage) => {
    await start();
    const intact = readAll();
    for (const name of readdirSync(kept)) {
      writeFileSync(join(kept, name), damage(readFileSync(join(kept, name))));
    }
    expect(await start()).toBe('first\n');
    expect(readAll().map((bytes) => bytes.length)).toEqual(intact.map((bytes) => bytes.length));
    expect(await start()).toBe('first\n');
  });

  test('is not read from a folder that others may write to', async () => {
    mkdirSync(kept, { recursive: true });
    chmodSync(kept, 0o777);
    expect(await start()).toBe('first\n');
    expect(readdirSync(kept)).toEqual([]);
  });

  test('of other bundles is removed after a month, when something new is kept', async () => {
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600 * 1000);
    for (const [name, days] of [
      ['old', 31],
      ['recent', 29],
    ] as const) {
      writeFileSync(join(kept, name), '');
      utimesSync(join(kept, name), daysAgo(days), daysAgo(days));
    }
    await start();
    const names = readdirSync(kept);
    expect(names).toContain('recent');
    expect(names).not.toContain('old');
    expect(names).toHaveLength(3);
  });

  test('is done without where nothing can be kept', async () => {
    writeFileSync(cache, 'a file');
    expect(await start()).toBe('first\n');
  });

  const readAll = () =>
    readdirSync(kept)
      .sort()
      .map((name) => readFileSync(join(kept, name)));
});

describe('certificates of NODE_EXTRA_CA_CERTS', () => {
  const missing = { NODE_EXTRA_CA_CERTS: '/missing.pem', NODE_DISABLE_COMPILE_CACHE: '1' };
  const sibling = (...args: string[]) =>
    runCommand(join(root, 'bin/sibling'), args, { env: { ...missing, XDG_CACHE_HOME: cache } });

  beforeEach(() => {
    writeFileSync(
      join(root, 'dist/index.js'),
      'console.log(process.env.NODE_EXTRA_CA_CERTS, process.env.SIBLING_EXTRA_CA_CERTS);\n',
    );
  });

  test('are not read at the start, and handed to programs that it starts', async () => {
    const { stdout, stderr } = await sibling('status');
    expect(stdout).toBe('/missing.pem undefined\n');
    expect(stderr).toBe('');
  });

  test('are read by Node for setup-env, which asks DagsHub', async () => {
    const { stdout, stderr } = await sibling('-C', root, 'setup-env');
    expect(stdout).toBe('/missing.pem undefined\n');
    // Node 24 reads them when the first connection is made.
    if (process.versions.node.startsWith('20.')) expect(stderr).toContain('/missing.pem');
  });
});

test.each([
  ['a link', (link: string) => [link, []] as const],
  ['its bare name', () => ['sh', ['sibling']] as const],
])('it is found by %s', async (_label, command) => {
  const link = join(root, 'link');
  symlinkSync(join(root, 'bin/sibling'), link);
  const [program, args] = command(link);
  const options = { cwd: join(root, 'bin'), env: { XDG_CACHE_HOME: cache } };
  expect(await outputOf(program, args, options)).toBe('first\n');
});
