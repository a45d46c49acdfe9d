import type { Dice } from './dice.ts';
import { dataEdits } from './edits/data.ts';
import { declarationEdits } from './edits/declarations.ts';
import { recordEdits } from './edits/records.ts';

const edits = [...dataEdits, ...declarationEdits, ...recordEdits];

/** Makes one random change of a project, and says it in words. */
export function randomEdit(dice: Dice, root: string): string {
  try {
    return dice.pick(edits)(dice, root) ?? 'nothing to change';
  } catch (error) {
    // An earlier edit took away what this one is about.
    return `no edit: ${(error as Error).message.split('\n')[0]}`;
  }
}
