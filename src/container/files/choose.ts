import type { Engine } from '../engine.ts';
import { toHostMount } from '../host-path.ts';
import { findOwnContainer } from '../own-container.ts';
import { bindPlacement } from './bind.ts';
import type { FilePlacement } from './placement.ts';

/** The way in which files of this process reach a sibling, found by looking at where it runs. */
export async function choosePlacement(engine: Engine): Promise<FilePlacement> {
  const own = await findOwnContainer(engine.docker);
  if (!own) return bindPlacement((path) => path);
  return bindPlacement((path) => {
    const mount = toHostMount(own.mounts, path);
    return mount?.source ?? path;
  });
}
