import { readFileSync, readlinkSync } from 'node:fs';

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
