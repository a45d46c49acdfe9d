import { posix } from 'node:path';
import { contains } from '../system/contains.ts';

import { hidesImage } from './guarded-places.ts';

/** Where the project appears in a stage container. */
export const workRoot = '/work';

/** Where a stage finds a path of its dvc.yaml, which is relative to the project's root or absolute. */
export function placeInStage(path: string): string {
  return posix.resolve(workRoot, path);
}

/**
 * Why a dep has no place in a stage's container, as the end of a sentence about it; undefined when
 * it has. A folder beside the project is one beside /work, where the image may have its own.
 */
export function whyNoPlace(path: string, kind: 'file' | 'directory'): string | undefined {
  const target = placeInStage(path);
  const isOwn = target !== workRoot && contains(workRoot, target);
  if (isOwn || kind === 'file' || path === '.') return undefined;
  if (target !== workRoot && !hidesImage(target)) return undefined;
  return `which in its container would lie at ${target}, over what the image has there`;
}

/** Two paths that would be one for a stage: `../x` and `/x`, whose files are not the same here. */
export function sharedPlace(
  deps: readonly { readonly path: string; readonly source: string }[],
): readonly [string, string] | undefined {
  const places = new Map<string, { path: string; source: string }>();
  for (const dep of deps) {
    const place = placeInStage(dep.path);
    const other = places.get(place);
    if (other && other.source !== dep.source) return [other.path, dep.path];
    places.set(place, dep);
  }
  return undefined;
}

/** How a dep gets a place of its own. */
export function linkHint(path: string): string {
  return `Link it into the project (ln -s ${path} NAME), and depend on the link.`;
}
