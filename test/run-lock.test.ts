import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Owner } from '../src/owner.ts';
import { ownerOf } from '../src/owner.ts';
import { announce } from '../src/presence.ts';
import { processStart } from '../src/process-table.ts';
import { findProject, type Project } from '../src/project.ts';
import { joinWorkspace, lockWorkspace } from '../src/run-lock.ts';

let project: Project;
const children: ChildProcess[] = [];
const unknown = async () => false;

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

test.each([
  ['on another host', { host: 'elsewhere' }],
  ['with process ids of its own', { host: hostname(), namespace: 'pid:[1]' }],
])('of an owner %s, the engine tells whether it lives', async (_, where) => {
  await lockedBy({ ...ownerOf('far'), ...where });
  await expect(lockWorkspace(project, 'b', async ({ run }) => run === 'far')).rejects.toThrow(
    /another run/,
  );
  expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['far']);
});

test('a lock that is being written is waited for; one that stays half written is abandoned', async () => {
  await lockedBy('');
  const living = JSON.stringify(await another('a', { alive: true }));
  setTimeout(() => writeFileSync(path('run.lock'), living), 200);
  await expect(lockWorkspace(project, 'b', unknown)).rejects.toThrow(/another run/);
  writeFileSync(path('run.lock'), living.slice(0, 20));
  expect((await lockWorkspace(project, 'b', unknown)).abandoned).toEqual(['unknown']);
});

test('a dead run’s lock that another run took over meanwhile is that run’s', async () => {
  await lockedBy({ ...ownerOf('far'), host: 'elsewhere' });
  const living = await another('quicker', { alive: true });
  const tookOver = async () => {
    writeFileSync(path('run.lock'), JSON.stringify(living));
    return false;
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
