import type { Dice } from '../differential/dice.ts';

/** A random params file. */
export interface RandomParams {
  readonly file: string;
  readonly text: string;
  /** Dotted keys that it probably has. */
  readonly paths: readonly string[];
}

/** Some keys to declare: mostly such as the file has. */
export function randomKeys(dice: Dice, paths: readonly string[]): string[] {
  const keys = new Set<string>();
  for (let many = dice.int(1, 3); many > 0; many--) {
    const path = paths.length > 0 ? dice.pick(paths) : 'a';
    const kind = dice.int(0, 99);
    if (kind < 3) keys.add('missing.key');
    else if (kind < 6) keys.add(`${path}.*`);
    else if (kind < 8) keys.add(`${path}[0]`);
    else if (kind < 9) keys.add(dice.pick(['*', '', '.', `.${path}`]));
    else keys.add(path);
  }
  return [...keys];
}
