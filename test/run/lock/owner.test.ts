import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  type Owner,
  ownerOf,
  readOwner,
  type Standing,
  standingOf,
} from '../../../src/run/lock/owner.ts';
import { findElsewhere, pidNamespace, processStart } from '../../../src/system/process-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-owner-'));
afterAll(() => rmSync(folder, { recursive: true }));

const self = ownerOf('x');
/** A process that there is not: pids end below. */
const gone: Partial<Owner> = { pid: 2 ** 22 + 1 };
const elsewhere: Partial<Owner> = { namespace: 'pid:[1]' };
const container = '0123456789ab';
type Answer = 'running' | 'stopped' | 'absent';

test('this process is told by all that tells it from others', () => {
  expect(self).toEqual({
    ...{ run: 'x', pid: process.pid, started: processStart(process.pid), host: hostname() },
    namespace: pidNamespace(),
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    machine: expect.stringMatching(/^[0-9a-f]*$/),
    since: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  let id = '';
  try {
    id = readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {}
  expect(self.machine).toBe(id);
});

describe('the standing of an owner', () => {
  // What can be told of a process in a namespace of its own depends on where this runs.
  const unfound: Standing = findElsewhere(2 ** 22 + 1, '1') === 'dead' ? 'dead' : 'unseen';
  const other = { boot: 'another', machine: 'another' };
  // As a version wrote it that knew of no machines.
  const noMachine: object = { machine: undefined };
  test.each<[string, Partial<Owner>, Answer, Standing]>([
    ['itself', {}, 'absent', 'alive'],
    ['a process that is gone', gone, 'running', 'dead'],
    ['a later process with its pid', { started: '1' }, 'running', 'dead'],
    ['of no boot, on this host', { boot: '' }, 'absent', 'alive'],
    ['of no boot, that is gone', { boot: '', ...gone }, 'running', 'dead'],
    ['of no boot, of another host', { boot: '', host: 'there', ...gone }, 'absent', 'unseen'],
    ['of no boot, of another namespace', { boot: '', ...elsewhere }, 'absent', 'unseen'],
    ['of this boot, under another name', { host: 'renamed' }, 'absent', 'alive'],
    ['in another namespace, in sight', elsewhere, 'absent', 'alive'],
    ['in another namespace, started otherwise', { ...elsewhere, started: '1' }, 'absent', unfound],
    ['in another namespace, not in sight', { ...elsewhere, ...gone }, 'absent', unfound],
    ['of another machine, running', { ...other, ...gone }, 'running', 'alive'],
    ['of another machine, stopped', { ...other, ...gone }, 'stopped', 'dead'],
    ['of another machine, unknown', { ...other, ...gone }, 'absent', 'unseen'],
    ['of another machine with its process', other, 'absent', 'unseen'],
    ['of another machine’s container', { ...other, host: container }, 'absent', 'unseen'],
    ['of an earlier boot, without a machine', { boot: 'before', machine: '' }, 'absent', 'unseen'],
    ['of an earlier boot, without any', { boot: 'before', ...noMachine }, 'absent', 'unseen'],
    ['of an earlier boot elsewhere', { boot: 'before', host: 'there' }, 'absent', 'unseen'],
    [
      'of an earlier boot of this machine',
      { boot: 'before' },
      'absent',
      self.machine === '' ? 'unseen' : 'dead',
    ],
  ])('%s', async (_, changes, answer, standing) => {
    const owner = { ...self, ...changes } as Owner;
    expect(await standingOf(owner, async () => answer)).toBe(standing);
  });

  test('of a container of this boot that is no more is dead', async () => {
    // Without a start it cannot be told from the processes alone.
    const owner = { ...self, ...elsewhere, ...gone, started: '', host: container };
    expect(await standingOf(owner, async () => 'absent')).toBe('dead');
    expect(await standingOf(owner, async () => 'running')).toBe('alive');
    const named = { ...owner, host: 'by-a-person' };
    expect(await standingOf(named, async () => 'absent')).toBe('unseen');
  });

  test('is asked of the engine only where nothing else tells', async () => {
    const asked: Owner[] = [];
    const ask = async (owner: Owner) => {
      asked.push(owner);
      return 'absent' as const;
    };
    await standingOf(self, ask);
    await standingOf({ ...self, ...gone } as Owner, ask);
    expect(asked).toEqual([]);
    const far = { ...self, ...other };
    await standingOf(far, ask);
    expect(asked).toEqual([far]);
  });
});

describe('a file that names an owner', () => {
  const path = join(folder, 'file');
  const read = (text: string) => {
    writeFileSync(path, text);
    return readOwner(path);
  };

  test('is read with its text', async () => {
    const text = JSON.stringify({ ...self, after: ['a'], what: 'more' });
    expect(await read(text)).toEqual({
      ...{ state: 'there', text },
      owner: { ...self, after: ['a'], what: 'more' },
    });
    const least = JSON.stringify({ ...self, boot: undefined, machine: undefined });
    expect(await read(least)).toMatchObject({ state: 'there' });
  });

  test.each([
    ...['run', 'pid', 'started', 'host', 'namespace', 'since'].map((key) => [key, undefined]),
    ...['run', 'started', 'host', 'namespace', 'since'].map((key) => [key, 1]),
    ...[
      ['pid', '1'],
      ['boot', 1],
      ['machine', 1],
      ['after', 'a'],
      ['after', [1]],
    ],
  ] as [string, unknown][])('with %s: %j names nobody', async (key, value) => {
    expect(await read(JSON.stringify({ ...self, [key]: value }))).toEqual({ state: 'unreadable' });
  });

  test('may be absent, which a link that leads nowhere is not', async () => {
    expect(await readOwner(join(folder, 'none'))).toEqual({ state: 'absent' });
    symlinkSync('nowhere', join(folder, 'link'));
    expect(await readOwner(join(folder, 'link'))).toEqual({ state: 'unreadable' });
  });

  test('may be none, which is said', async () => {
    await expect(readOwner(folder)).rejects.toThrow(/is a folder/);
  });
});
