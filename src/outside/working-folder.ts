import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isInProject } from '../dvc/paths.ts';
import type { Pipeline, Stage } from '../dvc/pipeline.ts';
import { contains } from '../system/contains.ts';
import { specialKind } from '../system/read-whole.ts';

/**
 * Why DVC cannot start a stage in its `wdir`, as the end of a sentence about it; undefined when it can,
 * or once what another stage or a `.dvc` file makes is there.
 */
export function whyNoWorkingFolder(
  root: string,
  { wdir, address }: Pick<Stage, 'wdir' | 'address'>,
  { stages, sources }: Pick<Pipeline, 'stages' | 'sources'>,
): string | undefined {
  if (wdir === '.') return undefined;
  if (!isInProject(wdir)) return 'which lies outside the project';
  const kind = kindOf(join(root, wdir));
  if (kind === 'a folder') return undefined;
  const others = stages.filter((stage) => stage.address !== address);
  const made = [...others, ...sources].flatMap(({ outs }) => outs.map(({ path }) => path));
  const isMade = made.some((path) => contains(wdir, path) || contains(path, wdir));
  if (kind === 'nothing' && isMade) return undefined;
  if (kind === 'nothing')
    return `which ${isLink(join(root, wdir)) ? 'is a link that leads nowhere' : 'is not there'}`;
  return `which is ${kind}, not a folder`;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function kindOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return 'nothing';
    return specialKind(found) ?? (found.isDirectory() ? 'a folder' : 'a file');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ELOOP' ? 'a link that leads in a circle' : 'below a file';
  }
}
