import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findProject, type Project } from '../../../src/project/project.ts';
import { isWorkspaceQuiet, joinWorkspace, lockWorkspace } from '../../../src/run/lock/lock.ts';
import type { Owner } from '../../../src/run/lock/owner.ts';
import { ownerOf } from '../../../src/run/lock/owner.ts';
import { announce } from '../../../src/run/lock/presence.ts';
import { processStart } from '../../../src/system/process-table.ts';

let project: Project;
const children: ChildProcess[] = [];
const unknown = async () => 'absent' as const;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'sibling-lock-'));
  writeFileSync(join(root, 'dvc.yaml'), 'stages: {}\n');
  project = findProject(root);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  rmSync(project.root, { recursive: true });
});

/** The owner that a process which lives, or has lived, would be. */
async function another(run: string, { alive }: { alive: boolean }): Promise<Owner> {
  const child = spawn('sleep', ['60']);
  children.push(child);
  await once(child, 'spawn');
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  if (!alive) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return { ...ownerOf(run), pid: child.pid ?? 0, started };
}

function path(...names: string[]): string {
  return join(project.root, '.sibling', ...names);
}

async function lockedBy(owner: object | string): Promise<void> {
  await (await lockWorkspace(project, 'first', unknown)).release();
  writeFileSync(path('run.lock'), typeof owner === 'string' ? owner : JSON.stringify(owner));
}

async function presence(owner: Owner, writes: boolean): Promise<void> {
  (await announce(project, 'first', 'x', { writes })).withdraw();
  const text = JSON.stringify({ ...owner, what: `stage of ${owner.run}`, writes });
  writeFileSync(path('present', `${owner.run}.json`), text);
}

test('one run at a time, and the next after it', async () => {
  const lock = await lockWorkspace(project, 'a', unknown);
  expect(lock.abandoned).toEqual([]);
  await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/another run .* is at work/);
  await lock.release();
  await (await lockWorkspace(project, 'b', unknown)).release();
});

test('the lock of a run that was killed is taken over, and the run named', async () => {
  await lockedBy(await another('dead', { alive: false }));
  const lock = await lockWorkspace(project, 'b', unknown);
  expect(lock.abandoned).toEqual(['dead']);
  expect(JSON.parse(readFileSync(path('run.lock'), 'utf8')).run).toBe('b');
});

test('a run whose process has ended without anybody asking how is not at work', async () => {
  // What `sleep 60` replaces has a child that it never waits for: a zombie.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
  children.push(parent);
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  const started = processStart(pid);
  await lockedBy({ ...ownerOf('zombie'), pid, started });
  await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/another run/);
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await pause(20);
  expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['zombie']);
});

test('a process that got the pid of a killed run is not that run', async () => {
  const living = await another('dead', { alive: true });
  await lockedBy({ ...living, started: '1' });
  expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['dead']);
});

describe('an owner that cannot be seen from here', () => {
  const elsewhere = { host: 'elsewhere', boot: 'another', machine: 'another' };

  test.each([
    ['on another machine', elsewhere],
    ['on another machine of the same name', { ...elsewhere, host: hostname() }],
    ['of a version that wrote less, on another host', { host: 'elsewhere', boot: undefined }],
  ])('%s lives if the engine says so, and else may live', async (_, where) => {
    await lockedBy({ ...ownerOf('far'), ...where });
    await expect(lockWorkspace(project, 'b', async () => 'running')).rejects.toThrow(/another run/);
    await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(
      /another run \(process .*cannot be seen whether it still is/,
    );
    await expect(joinWorkspace(project, 'b', 'train', unknown)).rejects.toThrow(/cannot be seen/);
    expect(readdirSync(path('present'))).toEqual([]);
    expect(JSON.parse(readFileSync(path('run.lock'), 'utf8')).run).toBe('far');
    expect((await lockWorkspace(project, 'b', async () => 'stopped')).abandoned).toEqual(['far']);
  });

  test('is dead where its machine was started anew since', async () => {
    const before = { ...ownerOf('before'), boot: 'an earlier one' };
    await lockedBy({ ...before, machine: '' });
    await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/cannot be seen/);
    if (before.machine === '') return; // as in most containers
    await lockedByOverwriting(before);
    expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['before']);
  });

  test('in a container that is no more is dead, but not one of another machine', async () => {
    const container = { host: '0123456789ab', namespace: 'pid:[1]', pid: 2 ** 22 + 1 };
    await lockedBy({ ...ownerOf('c'), ...container, boot: 'another', machine: '' });
    await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/cannot be seen/);
    await lockedByOverwriting({ ...ownerOf('c'), ...container });
    expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['c']);
  });

  test('of a presence neither its files nor its containers are anybody’s', async () => {
    await presence({ ...ownerOf('far'), ...elsewhere }, true);
    await expect(lockWorkspace(project, 'a', unknown)).rejects.toThrow(/stage of far .* cannot be/);
    rmSync(path('present', 'far.json'));
    await presence({ ...ownerOf('push'), ...elsewhere }, false);
    const lock = await lockWorkspace(project, 'a', unknown);
    expect([lock.abandoned, lock.others]).toEqual([[], ['push']]);
    expect(readdirSync(path('present'))).toEqual(['push.json']);
  });
});

test('without an id of the boot an owner is looked for by its process', async () => {
  await lockedBy({ ...(await another('a', { alive: true })), boot: '' });
  await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/another run .* is at work/);
  await lockedByOverwriting({ ...(await another('c', { alive: false })), boot: '' });
  expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['c']);
});

test('a claim that names nobody is named, and not waited for', async () => {
  const dead = await another('dead', { alive: false });
  await lockedBy(dead);
  const hash = createHash('sha256')
    .update(`run.lock\0${JSON.stringify(dead)}`)
    .digest('hex');
  writeFileSync(path(`run.lock.claim-${hash.slice(0, 24)}`), '');
  await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/run\.lock\.claim-/);
});

test.each(['', '{"run":', 'null', '{"run":"x"}', JSON.stringify({ ...ownerOf('x'), after: 5 })])(
  'a lock that names nobody (%s) is named, and left to a person',
  async (text) => {
    await lockedBy(text);
    const refused = lockWorkspace(project, 'b', unknown);
    await expect(refused).rejects.toThrow(/run\.lock does not say which process/);
    expect(readFileSync(path('run.lock'), 'utf8')).toBe(text);
  },
);

test('what a killed starter had prepared, and its claim, hinder nobody and go', async () => {
  const dead = await another('dead', { alive: false });
  await lockedBy(dead);
  const hash = createHash('sha256')
    .update(`run.lock\0${JSON.stringify(dead)}`)
    .digest('hex');
  const claimant = await another('claimant', { alive: false });
  writeFileSync(path(`run.lock.claim-${hash.slice(0, 24)}`), JSON.stringify(claimant));
  writeFileSync(path('run.lock.new-123456789abc'), 'half');
  const lock = await lockWorkspace(project, 'b', unknown);
  expect(lock.abandoned).toEqual(['dead']);
  const left = readdirSync(path()).filter((name) => name.startsWith('run.lock'));
  expect(left).toEqual(['run.lock']);
});

test('a living starter’s claim on a dead run’s lock is waited for', async () => {
  const dead = await another('dead', { alive: false });
  await lockedBy(dead);
  const hash = createHash('sha256')
    .update(`run.lock\0${JSON.stringify(dead)}`)
    .digest('hex');
  const claim = path(`run.lock.claim-${hash.slice(0, 24)}`);
  writeFileSync(claim, JSON.stringify(await another('quicker', { alive: true })));
  let done = false;
  const taking = lockWorkspace(project, 'b', unknown).finally(() => {
    done = true;
  });
  await pause(150);
  expect(done).toBe(false);
  rmSync(claim);
  expect((await taking).abandoned).toEqual(['dead']);
});

test('a dead run’s lock that another run took over meanwhile is that run’s', async () => {
  await lockedBy({ ...ownerOf('far'), host: 'elsewhere', boot: 'another' });
  const living = await another('quicker', { alive: true });
  const tookOver = async () => {
    writeFileSync(path('run.lock'), JSON.stringify(living));
    return 'stopped' as const;
  };
  await expect(lockWorkspace(project, 'b', tookOver)).rejects.toThrow(`process ${living.pid} `);
  expect(JSON.parse(readFileSync(path('run.lock'), 'utf8')).run).toBe('quicker');
  expect(readdirSync(path()).filter((name) => name.startsWith('run.lock'))).toHaveLength(1);
});

test('releasing leaves a lock alone that is another run’s by now', async () => {
  const lock = await lockWorkspace(project, 'a', unknown);
  await lockedByOverwriting(await another('b', { alive: true }));
  await lock.release();
  expect(existsSync(path('run.lock'))).toBe(true);
});

async function lockedByOverwriting(owner: Owner): Promise<void> {
  writeFileSync(path('run.lock'), JSON.stringify(owner));
}

test('no run begins beside a stage that runs by itself, nor such a stage beside a run', async () => {
  await presence(await another('alone', { alive: true }), true);
  await expect(lockWorkspace(project, 'a', unknown)).rejects.toThrow(/stage of alone .* at work/);
  expect(existsSync(path('run.lock'))).toBe(false);
  rmSync(path('present', 'alone.json'));
  const lock = await lockWorkspace(project, 'a', unknown);
  await expect(joinWorkspace(project, 'b', 'train', unknown)).rejects.toThrow(/another run/);
  expect(readdirSync(path('present'))).toEqual([]);
  await lock.release();
  await joinWorkspace(project, 'b', 'train', unknown);
  await joinWorkspace(project, 'c', 'train', unknown);
  expect(readdirSync(path('present'))).toEqual(['b.json', 'c.json']);
});

test('a stage by itself that was killed counts as an abandoned run', async () => {
  await presence(await another('dead', { alive: false }), true);
  const lock = await lockWorkspace(project, 'a', unknown);
  expect(lock.abandoned).toEqual(['dead']);
  expect(readdirSync(path('present'))).toEqual([]);
});

test('what only reads or sends, such as a push, is no hindrance; its run is named', async () => {
  await presence(await another('push', { alive: true }), false);
  expect((await lockWorkspace(project, 'a', unknown)).others).toEqual(['push']);
});

test('a stage that joins says who it is, and that it writes', async () => {
  await joinWorkspace(project, 'b', 'train', unknown);
  const said = JSON.parse(readFileSync(path('present', 'b.json'), 'utf8'));
  expect(said).toMatchObject({ run: 'b', what: 'stage train', writes: true });
  await expect(lockWorkspace(project, 'a', unknown)).rejects.toMatchObject({
    failure: { kind: 'busy', cause: expect.stringMatching(/^stage train \(process/) },
  });
});

test('a stage joins beside the lock of a dead run, and not beside one that names nobody', async () => {
  await lockedByOverwriting(await anotherIn(project, { alive: false }));
  await joinWorkspace(project, 'b', 'train', unknown);
  expect(readdirSync(path('present'))).toEqual(['b.json']);
  writeFileSync(path('run.lock'), '{}');
  await expect(joinWorkspace(project, 'c', 'train', unknown)).rejects.toMatchObject({
    failure: { kind: 'busy', cause: expect.stringMatching(/run\.lock does not say/) },
  });
  expect(readdirSync(path('present'))).toEqual(['b.json']);
});

async function anotherIn(of: Project, how: { alive: boolean }): Promise<Owner> {
  await (await lockWorkspace(of, 'first', unknown)).release();
  return another('dead', how);
}

test('presences that name nobody keep a run away; what was on its way to one goes', async () => {
  (await announce(project, 'first', 'x', { writes: true })).withdraw();
  writeFileSync(path('present', 'a.json.new-0123'), 'half');
  const lock = await lockWorkspace(project, 'a', unknown);
  expect(readdirSync(path('present'))).toEqual([]);
  await lock.release();
  writeFileSync(path('present', 'b.json'), '{}');
  await expect(lockWorkspace(project, 'a', unknown)).rejects.toMatchObject({
    failure: { kind: 'busy', cause: expect.stringMatching(/present\/b\.json does not say/) },
  });
  expect(readdirSync(path('present'))).toEqual(['b.json']);
});

test.each<[string, boolean, () => unknown]>([
  ['nobody was ever', true, () => {}],
  ['a run has ended', true, async () => (await lockWorkspace(project, 'a', unknown)).release()],
  ['a run is', false, () => lockWorkspace(project, 'a', unknown)],
  ['a stage is', false, () => announce(project, 'a', 'x', { writes: true })],
  [
    'a stage was',
    true,
    async () => (await announce(project, 'a', 'x', { writes: true })).withdraw(),
  ],
])('where %s at work it is quiet: %s', async (_, isQuiet, act) => {
  await act();
  expect(isWorkspaceQuiet(project)).toBe(isQuiet);
});

test('who announced itself withdraws as often as it likes', async () => {
  const { withdraw } = await announce(project, 'a', 'x', { writes: true });
  withdraw();
  withdraw();
  expect(readdirSync(path('present'))).toEqual([]);
});

test('who ends while another is looked for is not there', async () => {
  const elsewhere = { host: 'elsewhere', boot: 'another', machine: 'another' };
  for (const run of ['a', 'b']) await presence({ ...ownerOf(run), ...elsewhere }, false);
  // Whichever the engine is asked of first, the other's file goes meanwhile.
  const asked: string[] = [];
  const lock = await lockWorkspace(project, 'run', async ({ run }) => {
    asked.push(run);
    rmSync(path('present', run === 'a' ? 'b.json' : 'a.json'), { force: true });
    return 'running';
  });
  expect(lock.others).toEqual(asked);
  expect(asked).toHaveLength(1);
  await lock.release();
});
