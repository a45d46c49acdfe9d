import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { pidNamespace, processLives, processStart } from './process-table.ts';
import { readWhole } from './system/read-whole.ts';

/** The process behind a run, as a file in the workspace names it. */
export interface Owner {
  readonly run: string;
  readonly pid: number;
  /** Tells a process from a later one with the same pid: its start, where it can be told. */
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
    started: processStart(process.pid),
    host: hostname(),
    namespace: pidNamespace(),
    since: new Date().toISOString(),
  };
}

/** Whether an owner still lives: the process itself where we can see it, else what the engine says. */
export async function isAlive(owner: Owner, engineKnows: AsksEngine): Promise<boolean> {
  if (owner.host !== hostname() || owner.namespace !== pidNamespace()) return engineKnows(owner);
  return processLives(owner.pid, owner.started);
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
    const [text, { mtimeMs }] = [readWhole(path).toString('utf8'), await stat(path)];
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
