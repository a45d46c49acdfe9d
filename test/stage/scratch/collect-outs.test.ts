import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { collectOuts } from '../../../src/stage/scratch/collect-outs.ts';
import type { Scratch } from '../../../src/stage/scratch/scratch.ts';
import { stageOf } from './stage-fixture.ts';

const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let base: string;
let root: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sibling-outs-'));
  root = join(base, 'project');
  folder = join(base, 'scratch');
  mkdirSync(root);
  mkdirSync(folder);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(path: string, text = 'x'): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(target, join(folder, path));
}

function collect(outs: string[], brought: string[] = []) {
  const scratch: Scratch = { folder, files: [], brought: new Set(brought), notes: [] };
  return collectOuts({ root, user }, stageOf({ outs }), scratch);
}

test('moves every out, counts its files and makes the folders above it', async () => {
  write('data/out/a.csv', 'one');
  write('data/out/deep/b.csv', 'four');
  write('model.bin', '');
  expect(await collect(['data/out', 'model.bin'])).toEqual([
    { path: 'data/out', bytes: 7, files: 2 },
    { path: 'model.bin', bytes: 0, files: 1 },
  ]);
  expect(readdirSync(join(root, 'data/out')).sort()).toEqual(['a.csv', 'deep']);
  expect(readdirSync(folder)).toEqual(['data']);
});

test.each([
  ['a file', () => writeFileSync(join(root, 'out'), 'old')],
  ['a link to a folder', () => symlinkSync(base, join(root, 'out'))],
  ['a link to nothing', () => symlinkSync('nowhere', join(root, 'out'))],
])('a folder takes the place of %s', async (_, before) => {
  before();
  write('out/a', 'new');
  await collect(['out']);
  expect(readdirSync(join(root, 'out'))).toEqual(['a']);
  expect(readdirSync(base).sort()).toEqual(['project', 'scratch']);
});

test('a file takes the place of a link to a folder, which stays', async () => {
  mkdirSync(join(base, 'elsewhere'));
  symlinkSync('../elsewhere', join(root, 'out'));
  write('out', 'new');
  await collect(['out']);
  expect(readFileSync(join(root, 'out'), 'utf8')).toBe('new');
  expect(readdirSync(join(base, 'elsewhere'))).toEqual([]);
});

// /dev/shm is in memory on every Linux: another file system than that of the scratch folder.
test('outs below a link to another disk are moved there', async () => {
  const disk = mkdtempSync('/dev/shm/sibling-outs-');
  try {
    symlinkSync(disk, join(root, 'data'));
    for (const text of ['one', 'two']) {
      write('data/out/a.csv', text);
      write('data/file', text);
      await collect(['data/out', 'data/file']);
      expect(readFileSync(join(disk, 'out/a.csv'), 'utf8')).toBe(text);
      expect(readFileSync(join(disk, 'file'), 'utf8')).toBe(text);
    }
    expect(readdirSync(disk).sort()).toEqual(['file', 'out']);
  } finally {
    rmSync(disk, { recursive: true });
  }
});

test('replaces what an earlier run left, a folder as a whole', async () => {
  mkdirSync(join(root, 'out'));
  writeFileSync(join(root, 'out/old'), '');
  write('out/new');
  await collect(['out']);
  expect(readdirSync(join(root, 'out'))).toEqual(['new']);
});

describe('moves nothing and says why when', () => {
  const cases: readonly [string, () => void, RegExp][] = [
    ['an out is missing', () => write('one'), /did not write two/],
    [
      'something else was written',
      () => {
        for (const path of ['one', 'two', 'log/x.txt']) write(path);
      },
      /wrote log\/x\.txt that it does not declare/,
    ],
    [
      'a folder on the way to an out was replaced by a link',
      () => {
        link('sub', '/etc');
        write('one');
        write('two');
      },
      /wrote sub that it does not declare/,
    ],
  ];
  test.each(cases)('%s', async (_, act, says) => {
    act();
    await expect(collect(['one', 'two'])).rejects.toThrow(says);
    expect(readdirSync(root)).toEqual([]);
  });
});

test('prints the outs: lines to add, relative to the wdir, quoted where YAML needs it', async () => {
  write('sub/out');
  write('sub/a: b.txt');
  const scratch: Scratch = { folder, files: [], brought: new Set(), notes: [] };
  const stage = stageOf({ outs: ['sub/out'], wdir: 'sub' });
  const failure = await collectOuts({ root, user }, stage, scratch).catch((error) => error.failure);
  expect(failure.hint).toContain('    outs:\n    - "a: b.txt"\n');
});

describe('a link in an out', () => {
  const cases: readonly [string, () => void, RegExp | undefined][] = [
    ['to a file beside it stays', () => link('out/a', 'file'), undefined],
    ['to a folder below stays', () => link('out/a', 'sub/deep'), undefined],
    ['up and down again stays', () => link('out/sub/a', '../file'), undefined],
    ['out of the out is refused', () => link('out/a', '../secret'), /outside the out/],
    ['with an absolute target is refused', () => link('out/a', '/etc/passwd'), /absolute path/],
    ['that leads nowhere is refused', () => link('out/a', 'none'), /does not exist/],
    ['to its own folder is refused', () => link('out/a', '.'), /a folder that it lies in/],
    [
      'that leaves by another link is refused, though its name looks as if it stayed',
      () => {
        link('out/sub/up', 'deep');
        link('out/a', 'sub/up/../../../secret');
      },
      /outside the out/,
    ],
    ['that is the out itself is refused', () => link('alone', 'secret'), /outside the out alone/],
  ];
  test.each(cases)('%s', async (name, act, says) => {
    write('secret', 'canary');
    write('out/file');
    write('out/sub/deep/file');
    act();
    const outs = name.includes('itself') ? ['alone', 'out'] : ['out'];
    const collected = collect(outs, ['secret']);
    if (says) {
      await expect(collected).rejects.toThrow(says);
      expect(readdirSync(root)).toEqual([]);
    } else await expect(collected).resolves.toHaveLength(1);
  });

  test('no tree of links that is accepted leads to anything outside', async () => {
    const names = fc.constantFrom('a', 'b', 'sub/a', 'sub/b', 'sub/deep/a');
    const steps = fc.constantFrom('..', '.', 'a', 'sub', 'deep');
    const wandering = fc.array(steps, { minLength: 1, maxLength: 5 });
    const canary = steps.map((step) => [step, '..', '..', 'secret', 'canary']);
    const likely = fc.constantFrom(['file'], ['sub', 'deep'], ['deep'], ['..', 'file'], ['a']);
    const links = fc.array(fc.tuple(names, fc.oneof(wandering, likely, canary)), {
      minLength: 1,
      maxLength: 4,
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(links, async (made) => {
        rmSync(folder, { recursive: true, force: true });
        rmSync(root, { recursive: true, force: true });
        mkdirSync(join(root, 'secret'), { recursive: true });
        writeFileSync(join(root, 'secret/canary'), 'canary');
        write('secret/canary', 'canary');
        write('out/file');
        write('out/sub/deep/file');
        for (const [path, parts] of made) {
          try {
            link(`out/${path}`, parts.join('/'));
          } catch {
            // the name is taken already
          }
        }
        try {
          await collect(['out'], ['secret/canary']);
        } catch {
          return;
        }
        accepted += 1;
        expect(contentsBelow(join(root, 'out'))).not.toContain('canary');
      }),
      { numRuns: 600 },
    );
    expect(accepted).toBeGreaterThan(5);
  });
});

test('a link that changes while outs are moved leads none of them astray', async () => {
  for (const name of ['data', '.git/hooks']) mkdirSync(join(root, name), { recursive: true });
  symlinkSync('data', join(root, 'link'));
  const before = Array.from({ length: 300 }, (_, at) => `o${at}`);
  for (const name of [...before, 'link/post-checkout']) write(name);
  const collecting = collect([...before, 'link/post-checkout']);
  const looking = setInterval(() => {
    // All have been judged once, and nearly all lie beside their places.
    if (!existsSync(join(root, 'o299.sibling-part'))) return;
    clearInterval(looking);
    rmSync(join(root, 'link'));
    symlinkSync('.git/hooks', join(root, 'link'));
  });
  await expect(collecting).rejects.toThrow(/link\/post-checkout, which is a part of a Git/);
  clearInterval(looking);
  expect(readdirSync(join(root, '.git/hooks'))).toEqual([]);
  expect(existsSync(join(root, 'o0'))).toBe(false); // all of them or none
});

test.each(['out', 'undeclared'])(
  'a name in %s that is not UTF-8 is told as such',
  async (place) => {
    write('out/a');
    write(`${place}/\uFFFD`); // in UTF-8 itself
    const odd = Buffer.concat([Buffer.from(join(folder, place, '/')), Buffer.from([0xff, 0xfe])]);
    writeFileSync(odd, '');
    const says = `left ${place}/\\xff\\xfe, whose name is not UTF-8`;
    await expect(collect(['out'])).rejects.toThrow(says);
    rmSync(odd);
  },
);

/** What is in all files that can be reached from a folder, links followed. */
function contentsBelow(start: string): string[] {
  const found: string[] = [];
  const visit = (path: string, depth: number) => {
    try {
      if (!statSync(path).isDirectory()) found.push(readFileSync(path, 'utf8'));
      else if (depth > 0) for (const name of readdirSync(path)) visit(join(path, name), depth - 1);
    } catch {
      // a link that leads nowhere, or round in a circle
    }
  };
  visit(start, 6);
  return found;
}
