import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { takeFile } from '../../../src/run/lock/file.ts';
import { type Owner, ownerOf, type Standing } from '../../../src/run/lock/owner.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-lock-file-'));
  path = join(folder, 'run.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const owner = (run: string, parts: Partial<Owner> = {}): Owner => ({ ...ownerOf(run), ...parts });
const says = (standing: Standing) => async () => standing;
const names = () => readdirSync(folder).sort();
const holder = () => JSON.parse(readFileSync(path, 'utf8')) as Owner;

/** Takes the lock as `own`, or fails the test. */
async function take(own: Owner, standing: Standing = 'dead') {
  const taken = await takeFile(path, own, says(standing));
  if (!('release' in taken)) throw new Error(`held: ${taken.standing}`);
  return taken;
}

test('a lock names its owner and goes with its release, whoever removed it first', async () => {
  const own = owner('a');
  const lock = await take(own);
  expect(lock.abandoned).toEqual([]);
  expect(holder()).toEqual(own);
  expect(names()).toEqual(['run.lock']);
  await lock.release();
  expect(names()).toEqual([]);
  await lock.release();
});

test.each<Standing>(['alive', 'unseen'])('one whose owner is %s is held', async (standing) => {
  const own = owner('a');
  await take(own);
  expect(await takeFile(path, owner('b'), says(standing))).toEqual({ standing, path, owner: own });
  expect(holder()).toEqual(own);
});

test('a dead one names its successor, and its successor all that died before', async () => {
  const many = Array.from({ length: 150 }, (_, at) => `earlier-${at}`);
  await take(owner('first', { after: many }));
  const second = await take(owner('second'));
  expect(second.abandoned).toEqual(['first', ...many]);
  expect(holder().after).toHaveLength(100);
  expect(holder().after?.slice(0, 2)).toEqual(['first', 'earlier-0']);
  const third = await take(owner('third'));
  expect(third.abandoned.slice(0, 3)).toEqual(['second', 'first', 'earlier-0']);
  await third.release();
  expect(names()).toEqual([]);
});

test('claims and what was prepared for this lock go, and nothing else', async () => {
  const left = ['run.lock.claim-0', 'run.lock.new-0', 'other.lock.claim-0', 'run.lock', 'x.new-0'];
  for (const name of left) writeFileSync(join(folder, name), '');
  rmSync(path);
  await take(owner('a'));
  expect(names()).toEqual(['other.lock.claim-0', 'run.lock', 'x.new-0']);
});

test('of several who find it dead one takes it, and all claims are named after it', async () => {
  await take(owner('dead'));
  const standing = async ({ run }: Owner): Promise<Standing> => {
    const expected = /^run\.lock(?:\.claim-[0-9a-f]{24})?(?:\.new-[0-9a-f]+){0,2}$/;
    for (const name of names()) expect(name).toMatch(expected);
    return run === 'dead' ? 'dead' : 'alive';
  };
  const starters = ['b', 'c', 'd'].map((run) => takeFile(path, owner(run), standing));
  const taken = (await Promise.all(starters)).filter((one) => 'release' in one);
  expect(taken).toEqual([expect.objectContaining({ abandoned: ['dead'] })]);
  expect(names()).toEqual(['run.lock']);
});

test('a file that names nobody holds it, and so does a link that leads nowhere', async () => {
  writeFileSync(path, 'x');
  const held = { standing: 'unseen', path, owner: undefined };
  expect(await takeFile(path, owner('b'), says('dead'))).toEqual(held);
  rmSync(path);
  symlinkSync('nowhere', path);
  expect(await takeFile(path, owner('b'), says('dead'))).toEqual(held);
});

test('a folder that is not there is no lock that is held', async () => {
  const nowhere = join(folder, 'gone', 'run.lock');
  await expect(takeFile(nowhere, owner('b'), says('dead'))).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

test('one that changed hands while its owner was looked for is the new one’s', async () => {
  await take(owner('dead'));
  const quicker = owner('quicker');
  const standing = async ({ run }: Owner): Promise<Standing> => {
    if (run !== 'dead') return 'alive';
    writeFileSync(path, JSON.stringify(quicker));
    return 'dead';
  };
  expect(await takeFile(path, owner('b'), standing)).toMatchObject({ standing: 'alive' });
  expect(holder()).toEqual(quicker);
  expect(names()).toEqual(['run.lock']);
});

test('releasing leaves alone what is another’s by now', async () => {
  const lock = await take(owner('a'));
  writeFileSync(path, JSON.stringify(owner('b')));
  await lock.release();
  expect(existsSync(path)).toBe(true);
});

test('a living starter’s claim is waited for, but not for ever', async () => {
  const dead = owner('dead');
  await take(dead);
  const hash = createHash('sha256')
    .update(`run.lock\0${JSON.stringify(dead)}`)
    .digest('hex');
  const claim = `${path}.claim-${hash.slice(0, 24)}`;
  const claimant = owner('claimant');
  writeFileSync(claim, JSON.stringify(claimant));
  const { now } = performance;
  const steps: number[] = [];
  let ahead = 0;
  performance.now = () => now.call(performance) + ahead;
  try {
    const standing = async ({ run }: Owner): Promise<Standing> => {
      if (run === 'dead') return 'dead';
      steps.push(ahead);
      ahead += 4_000;
      return 'alive';
    };
    expect(await takeFile(path, owner('b'), standing)).toEqual({
      ...{ standing: 'alive', path: claim, owner: claimant },
    });
    expect(steps).toEqual([0, 4_000, 8_000]);
  } finally {
    performance.now = now;
  }
  expect(holder()).toEqual(dead);
});
