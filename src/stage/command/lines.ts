import type { Stage } from '../../dvc/pipeline.ts';

/** Where Python's `str.splitlines` ends a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Python splits at
const lineEnds = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/**
 * The texts that DVC hands to a shell, one after the other until one fails: the items of a list, or
 * the lines of a text (`_enforce_cmd_list` of dvc/stage/run.py at DVC 3.67).
 */
export function commandLines({
  cmd,
  isCmdList,
}: Pick<Stage, 'cmd' | 'isCmdList'>): readonly string[] {
  if (isCmdList) return cmd;
  const lines = (cmd[0] ?? '').split(lineEnds);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Whether DVC runs anything for the stage: a frozen one, and one without a cmd, it only looks at. */
export function runsCommand({ cmd, frozen }: Stage): boolean {
  return !frozen && cmd.length > 0 && cmd.join('') !== '';
}
