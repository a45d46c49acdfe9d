import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** How this process looks at those beside it. */
export interface ProcessTable {
  /** The text of /proc/PID/stat; throws where there is no such process or no readable /proc. */
  stat(pid: number): string;
  /** Sends the signal 0, which only checks; throws EPERM for a process of somebody else's. */
  probe(pid: number): void;
}

export const processTable: ProcessTable = {
  stat: (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8'),
  probe: (pid) => void process.kill(pid, 0),
};

/** A process's start in clock ticks since boot; empty where this cannot be told. */
export function processStart(pid: number, table: ProcessTable = processTable): string {
  return readStat(pid, table)?.started ?? '';
}

/**
 * Whether the process that had started at `started` lives. A zombie has ended: nobody has asked yet
 * how. Without a readable /proc a later process with its pid counts as it.
 */
export function processLives(
  pid: number,
  started: string,
  table: ProcessTable = processTable,
): boolean {
  const stat = readStat(pid, table);
  if (stat) return !/[ZX]/.test(stat.state) && (started === '' || stat.started === started);
  try {
    table.probe(pid);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h: every process of the machine is in it. */
const firstNamespace = 'pid:[4026531836]';

/**
 * Whether a process of another pid namespace of this kernel lives, which calls itself `pid` there.
 * Those of namespaces below one's own are in sight, by proc(5), with the last number of `NSpid`; from
 * the machine's own namespace all are, unless /proc hides those of others (`hidepid`).
 */
export function findElsewhere(pid: number, started: string): 'alive' | 'dead' | 'unseen' {
  try {
    for (const name of readdirSync('/proc')) {
      if (
        /^\d+$/.test(name) &&
        idInside(Number(name)) === pid &&
        processLives(Number(name), started)
      ) {
        return 'alive';
      }
    }
    const seesAll = pidNamespace() === firstNamespace && idInside(1) !== undefined;
    return seesAll && started !== '' ? 'dead' : 'unseen';
  } catch {
    return 'unseen';
  }
}

/** What a process calls itself; undefined where it has ended or cannot be looked at. */
function idInside(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? pid);
  } catch {
    return undefined;
  }
}

/** Such as `pid:[4026531836]`; empty where there is no readable /proc. */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** The process that started another one; 0 where this cannot be told. */
export function parentProcess(pid: number, table: ProcessTable = processTable): number {
  return readStat(pid, table)?.parent ?? 0;
}

/** Fields 3, 4 and 22 of /proc/PID/stat (proc(5)). */
function readStat(
  pid: number,
  table: ProcessTable,
): { readonly state: string; readonly parent: number; readonly started: string } | undefined {
  try {
    const line = table.stat(pid);
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
