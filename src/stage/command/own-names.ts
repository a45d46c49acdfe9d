import type { Stage } from '../../dvc/pipeline.ts';

/** The name as cmd has it: foreach and matrix make several stages of one cmd. */
export function ownName({ name }: Pick<Stage, 'name'>): string {
  return withoutItem(name);
}

/** `train@a`, and `train` for a stage that foreach or matrix makes; also with the file before it. */
export function ownNames({ name, address }: Stage): string[] {
  return [name, withoutItem(name), address, address.slice(0, -name.length) + withoutItem(name)];
}

function withoutItem(name: string): string {
  return name.replace(/@.*$/s, '');
}
