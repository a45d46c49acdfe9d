import { lstatSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { isContainerId } from '../../container/id.ts';
import {
  findElsewhere,
  pidNamespace,
  processLives,
  processStart,
} from '../../system/process-table.ts';
import { readWhole } from '../../system/read-whole.ts';

/** The process behind a run, as a file in the workspace names it. */
export interface Owner {
  readonly run: string;
  readonly pid: number;
  /** Tells a process from a later one with the same pid: its start, where it can be told. */
  readonly started: string;
  readonly host: string;
  /** Of process ids: in a container that uses the host's name, they are not the host's. */
  readonly namespace: string;
  /** Of the kernel; the same in all containers of a machine. */
  readonly boot?: string;
  /** The installation's id; empty in most containers. */
  readonly machine?: string;
  readonly since: string;
  /** Runs whose locks were taken over with this one, and what they left. */
  readonly after?: readonly string[];
}

/** What the engine says of an owner: of containers of its run, or of the one that it is in itself. */
export type AsksEngine = (owner: Owner) => Promise<'running' | 'stopped' | 'absent'>;

/** Whether an owner lives. Of one whose process nothing here can see, nobody can tell. */
export type Standing = 'alive' | 'dead' | 'unseen';

/** This process, as the owner of a run. */
export function ownerOf(run: string): Owner {
  return {
    run,
    pid: process.pid,
    started: processStart(process.pid),
    host: hostname(),
    namespace: pidNamespace(),
    boot: idIn('/proc/sys/kernel/random/boot_id'),
    machine: idIn('/etc/machine-id'),
    since: new Date().toISOString(),
  };
}

/**
 * Whether an owner lives: by its process, where it is or would be in sight; by the machine, which may
 * have been started anew; by its container. No clock is asked, so that neither a process that stood
 * still for hours nor a clock that jumps makes a living owner a dead one.
 */
export async function standingOf(owner: Owner, engineKnows: AsksEngine): Promise<Standing> {
  const self = ownerOf('');
  const ofThisBoot = same(owner.boot, self.boot);
  const isKnown = Boolean(owner.boot && self.boot); // not everywhere is there such an id
  if (ofThisBoot || !isKnown) {
    const near = owner.namespace === self.namespace && (ofThisBoot || owner.host === self.host);
    if (near) return processLives(owner.pid, owner.started) ? 'alive' : 'dead';
  } else if (same(owner.machine, self.machine) && owner.host === self.host) {
    return 'dead';
  }
  if (ofThisBoot) {
    const found = findElsewhere(owner.pid, owner.started);
    if (found !== 'unseen') return found;
  }
  const known = await engineKnows(owner);
  if (known === 'running') return 'alive';
  if (known === 'stopped') return 'dead';
  // A container that was removed; one of another machine's engine is not to be known here either.
  return ofThisBoot && isContainerId(owner.host) ? 'dead' : 'unseen';
}

function same(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one !== '' && one === other;
}

function idIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** What a file says of its owner. */
export type OwnerFile<T extends Owner> =
  | { readonly state: 'absent' }
  /** It names nobody: on a file system without hard links it may be on the way. */
  | { readonly state: 'unreadable' }
  | { readonly state: 'there'; readonly text: string; readonly owner: T };

export async function readOwner<T extends Owner>(path: string): Promise<OwnerFile<T>> {
  let text: string;
  try {
    text = readWhole(path).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // In the place of a link that leads nowhere no file can be made either.
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return { state: isLink ? 'unreadable' : 'absent' };
  }
  const owner = parse<T>(text);
  return owner ? { state: 'there', text, owner } : { state: 'unreadable' };
}

const ownerSchema = v.looseObject({
  ...{ run: v.string(), pid: v.number(), started: v.string(), host: v.string() },
  ...{ namespace: v.string(), since: v.string() },
  ...{ boot: v.optional(v.string()), machine: v.optional(v.string()) },
  after: v.optional(v.array(v.string())),
});

function parse<T extends Owner>(text: string): T | undefined {
  try {
    const value = JSON.parse(text);
    return v.is(ownerSchema, value) ? (value as unknown as T) : undefined;
  } catch {
    return undefined;
  }
}
