import type { UnmergedRevision } from './unmerged.ts';

/** The names that an image has in a registry for a run. */
export interface RegistryPlaces {
  /** Where to look, in this order. */
  readonly pull: readonly string[];
  /** Where to send it once it was built; undefined where this run may leave nothing. */
  readonly push?: string;
}

/**
 * `sibling/train:HASH` becomes `ghcr.io/owner/sibling-train:HASH`. An unmerged change leaves its images
 * in a place that no other commit looks into: `ghcr.io/owner/unmerged/sibling-train:COMMIT-HASH`. One of
 * another repository than `own`, or of which nothing is known, leaves none.
 */
export function registryPlaces(
  prefix: string,
  reference: string,
  unmerged: UnmergedRevision | null,
  own: string | undefined,
): RegistryPlaces {
  const name = reference.replace('/', '-');
  const merged = `${prefix}/${name}`;
  if (unmerged === null) return { pull: [merged], push: merged };
  const isOwn = own !== undefined && own !== '' && unmerged.repository === own;
  if (!isOwn || !/^[0-9a-f]{40,64}$/.test(unmerged.commit)) return { pull: [merged] };
  const apart = `${prefix}/unmerged/${name.replace(':', `:${unmerged.commit}-`)}`;
  return { pull: [merged, apart], push: apart };
}
