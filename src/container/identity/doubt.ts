import type { FoundImage } from './found-image.ts';

/** The label that says which name of ours an image was made for, the hash of its content included. */
export const nameLabel = 'sibling.image';

/** What the image under a name of ours must be. */
export interface ExpectedImage {
  /** `sibling/NAME:HASH`, of all that it is made from. */
  readonly reference: string;
  /** Undefined where its Dockerfile chooses one itself. */
  readonly platform?: string | undefined;
}

/**
 * Why an image that was found under a name of ours is not the one that belongs there; undefined where
 * nothing speaks against it. Anybody may give our names to any image, and an engine runs, and a
 * registry keeps, what it was told to.
 */
export function doubtOf(
  { labels, platform }: Pick<FoundImage, 'labels' | 'platform'>,
  expected: ExpectedImage,
): string | undefined {
  const named = labels[nameLabel];
  if (named === undefined) return `it has no label ${nameLabel}`;
  if (named !== expected.reference) return `its label ${nameLabel} is ${JSON.stringify(named)}`;
  if (expected.platform === undefined || platform === expected.platform) return undefined;
  return `it is for ${platform}, not for ${expected.platform}`;
}

/** Said where an image here is not used for a doubt, before its name goes to the one that belongs there. */
export function notUsed(
  { id }: Pick<FoundImage, 'id'>,
  { reference }: ExpectedImage,
  doubt: string,
): string {
  return `The image that is called ${reference} here (${id.slice(7, 19)}) is not used: ${doubt}. The name gets what belongs there.`;
}
