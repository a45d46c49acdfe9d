import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cacheConfig } from '../../outside/dvc-folders.ts';
import type { Project } from '../../project/project.ts';
import { type Check, judged, type Trouble } from '../check.ts';
import type { Subject } from '../subject.ts';
import { spaceIn } from './machine.ts';

/** DVC's cache: where its configuration says it is, whether it can be written to, and its disk. */
export function cacheCheck({ env }: Subject, project: Check<Project>): Check {
  return {
    name: 'cache',
    kind: 'configuration',
    needs: [project],
    deadline: 5_000,
    async look(given) {
      const { cacheFolder, linkTypes } = cacheConfig(given(project).root, env);
      const there = await nearestThere(cacheFolder);
      const troubles = there === undefined ? [] : await foldersTroubles(cacheFolder, there);
      if (troubles.length > 0 || there === undefined) {
        return judged(troubles, { text: cacheFolder, value: undefined, kind: 'configuration' });
      }
      const space = await spaceIn(there, 'configuration');
      if (space.state !== 'ok') return space;
      const made = there === cacheFolder ? '' : ', to be made';
      const text = `${cacheFolder}${made} (${linkTypes.join(', ')}); ${space.text}`;
      return { state: 'ok', text, value: undefined };
    },
  };
}

async function foldersTroubles(cacheFolder: string, there: string): Promise<Trouble[]> {
  const hint =
    'Let cache.dir of DVC’s configuration name a folder that you may write to (dvc config --show-origin --list).';
  const trouble = (text: string): Trouble[] => [{ state: 'failure', text, hint }];
  if (!(await stat(there)).isDirectory()) {
    return trouble(`DVC's cache ${cacheFolder} cannot be made: ${there} is no folder`);
  }
  try {
    await access(there, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return trouble(
      `DVC's cache ${cacheFolder} cannot be written to: ${there} refuses it (${code})`,
    );
  }
}

/** The path itself, or the deepest folder above it that is there. */
async function nearestThere(path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    if (await stat(at).catch(() => undefined)) return at;
    if (at === dirname(at)) return undefined;
  }
}
