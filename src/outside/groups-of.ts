import { readWholeIfAble } from '../system/read-whole.ts';

/** The groups of a user beside the first one, as this machine's own files have them (group(5)). */
export function groupsOf(uid: number): readonly number[] {
  const name = linesOf('/etc/passwd').find((fields) => Number(fields[2]) === uid)?.[0];
  if (name === undefined) return [];
  const groups = linesOf('/etc/group').filter((fields) => fields[3]?.split(',').includes(name));
  return groups.map((fields) => Number(fields[2]));
}

function linesOf(file: string): string[][] {
  const text = readWholeIfAble(file)?.toString('utf8') ?? '';
  return text.split('\n').map((line) => line.trim().split(':'));
}
