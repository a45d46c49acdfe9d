import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';

/** The process behind a run, as a file in the workspace names it. */
export interface Owner {
  readonly run: string;
  readonly pid: number;
  /** Tells a process from a later one with the same pid: its start, in clock ticks since boot. */
  readonly started: string;
  readonly host: string;
  /** Of process ids: in a container that uses the host's name, they are not the host's. */
  readonly namespace: string;
  readonly since: string;
}

/** Whether the engine knows containers of a run, or the container that a process ran in. */
export type AsksEngine = (owner: Owner) => Promise<boolean>;

/** This process, as the owner of a run. */
export function ownerOf(run: string): Owner {
  return {
    run,
    pid: process.pid,
    started: processStart(process.pid) ?? '',
    host: hostname(),
    namespace: pidNamespace(),
    since: new Date().toISOString(),
  };
}

/** Whether an owner still lives: the process itself where we can see it, else what the engine says. */
export async function isAlive(owner: Owner, engineKnows: AsksEngine): Promise<boolean> {
  if (owner.host !== hostname() || owner.namespace !== pidNamespace()) return engineKnows(owner);
  const started = processStart(owner.pid);
  if (started !== undefined) return started === owner.started;
  if (process.platform === 'linux') return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What a file says of its owner. */
export type OwnerFile<T extends Owner> =
  | { readonly state: 'absent' }
  /** Created a moment ago: its content is on the way. */
  | { readonly state: 'unfinished' }
  /** Without an owner, it was half written when its process was killed. */
  | { readonly state: 'there'; readonly text: string; readonly owner: T | undefined };

/** How long a process may take from creating its file to having written it, in milliseconds. */
const writeDeadline = 2_000;

export async function readOwner<T extends Owner>(path: string): Promise<OwnerFile<T>> {
  try {
    const [text, { mtimeMs }] = [await readFile(path, 'utf8'), await stat(path)];
    const owner = parse<T>(text);
    if (!owner && Date.now() - mtimeMs < writeDeadline) return { state: 'unfinished' };
    return { state: 'there', text, owner };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'absent' };
    throw error;
  }
}

function parse<T extends Owner>(text: string): T | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value?.run === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); undefined where there is no such process or no /proc. */
function processStart(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Such as `pid:[4026531836]`; empty where there is no /proc. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
