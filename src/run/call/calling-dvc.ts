import { readFileSync } from 'node:fs';
import { parentProcess, processStart } from '../../system/process-table.ts';

/**
 * Tells the DVC that called this process from any other: its id and its start. Between the two there
 * may be a shell, which has DVC_STAGE from DVC, as this process has. Where there is no /proc the
 * shells in use are gone: zsh and bash become the command that they run last.
 */
export function callingDvc(env: NodeJS.ProcessEnv): string {
  let pid = process.ppid;
  while (pid > 1 && hasVariable(pid, `DVC_STAGE=${env.DVC_STAGE}`)) pid = parentProcess(pid);
  return `${pid} ${processStart(pid)}`;
}

function hasVariable(pid: number, variable: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
  } catch {
    return false; // no /proc, or somebody else's process: no shell of ours
  }
}
