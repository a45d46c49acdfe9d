import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** This repository's root, wherever the compiled code lies in it: the nearest folder with package.json. */
export const repository = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
