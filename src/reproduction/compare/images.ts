import type { RegisteredVersion } from '../wanted/registered.ts';
import type { Check } from './result.ts';

/** The images that the model's stage would run in now. */
export interface StageImages {
  readonly stage: string;
  readonly reference: string;
  /** The id of the base image beneath it; undefined where its Dockerfile takes another one. */
  readonly base: string | undefined;
}

/**
 * The images now against the registered ones. None of it counts for the verdict: another image that
 * gives the same bytes is no other model, but it is the likely cause where they differ.
 */
export function compareImages(registered: RegisteredVersion, now: StageImages): Check[] {
  const { stage, reference, base } = now;
  const images = [
    { kind: 'image', what: 'stage image', expected: registered.image, found: reference },
    { kind: 'base-image', what: 'base image', expected: registered.baseImage, found: base },
  ] as const;
  return images.flatMap(({ kind, what, expected, found }): Check[] => {
    if (expected === undefined || found === undefined) return [];
    const pair = { kind, what, stage, expected, found };
    if (expected === found) return [{ ...pair, state: 'same' }];
    return [{ ...pair, state: 'note', text: changed[kind] }];
  });
}

const changed = {
  image: 'the image of the stage is another one now',
  'base-image': 'the base image changed',
} as const;
