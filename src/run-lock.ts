import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ExpectedFailure } from './errors.ts';
import { giveTo, type Project, siblingFolder } from './project.ts';

/** Who runs in a workspace, as its lock file says. */
export interface LockHolder {
  readonly run: string;
  readonly pid: number;
  /** Tells a process from a later one with the same pid: its start, in clock ticks since boot. */
  readonly started: string;
  readonly host: string;
  readonly since: string;
}

export interface RunLock {
  /** The run that held the workspace before and died without cleaning up. */
  readonly abandoned?: LockHolder;
  release(): Promise<void>;
}

/**
 * Takes the workspace for one run: DVC's own locks name processes, which mean nothing across
 * containers. A holder on this host whose process is gone is abandoned; for one on another host
 * (a container) `hasContainers` tells. Throws 'busy' while another run holds the workspace.
 */
export async function lockWorkspace(
  project: Project,
  run: string,
  hasContainers: (run: string) => Promise<boolean>,
): Promise<RunLock> {
  const path = join(await siblingFolder(project), 'run.lock');
  const own: LockHolder = {
    run,
    pid: process.pid,
    started: processStart(process.pid) ?? '',
    host: hostname(),
    since: new Date().toISOString(),
  };
  const release = () => rm(path, { force: true });
  let abandoned: LockHolder | undefined;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx' });
      await giveTo(path, project.user);
      return abandoned ? { abandoned, release } : { release };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readHolder(path);
    if (holder && (await isAlive(holder, hasContainers))) throw busy(project, holder);
    if (holder) abandoned = holder;
    await rm(path, { force: true });
  }
  throw new ExpectedFailure({
    kind: 'busy',
    cause: `${path} is taken again and again by other runs`,
    hint: 'Wait for them to end, then run again.',
  });
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
  } catch {
    return undefined; // gone, or half-written by a process that was killed
  }
}

async function isAlive(
  holder: LockHolder,
  hasContainers: (run: string) => Promise<boolean>,
): Promise<boolean> {
  if (holder.host !== hostname()) return hasContainers(holder.run);
  const started = processStart(holder.pid);
  if (started !== undefined) return started === holder.started;
  if (process.platform === 'linux') return false;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); undefined where there is no such process or no /proc. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function busy(project: Project, holder: LockHolder): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'busy',
    cause: `another run (process ${holder.pid} on ${holder.host}, since ${holder.since}) is at work in ${project.root}`,
    hint: 'Wait for it to end, or stop it with Ctrl-C where it was started. DVC allows one run in a workspace at a time.',
  });
}
