import type { RegisteredVersion } from './registered.ts';
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
  const checks: Check[] = [];
  if (registered.image !== undefined) {
    const isSame = registered.image === reference;
    checks.push({
      kind: 'image',
      what: 'stage image',
      stage,
      state: isSame ? 'same' : 'note',
      expected: registered.image,
      found: reference,
      ...(!isSame && { text: 'the image of the stage is another one now' }),
    });
  }
  if (registered.baseImage !== undefined && base !== undefined) {
    const isSame = registered.baseImage === base;
    checks.push({
      kind: 'base-image',
      what: 'base image',
      stage,
      state: isSame ? 'same' : 'note',
      expected: registered.baseImage,
      found: base,
      ...(!isSame && { text: 'the base image changed' }),
    });
  }
  return checks;
}
