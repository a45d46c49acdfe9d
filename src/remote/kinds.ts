import { ExpectedFailure, type Place } from '../errors.ts';

/** Kinds of remote whose packages are not in every dvc-runner, each with the schemes of its addresses. */
const optionalKinds = {
  azure: ['azure'],
  gdrive: ['gdrive'],
  gs: ['gs'],
  hdfs: ['hdfs'],
  oss: ['oss'],
  ssh: ['ssh'],
  webdav: ['webdav', 'webdavs'],
  webhdfs: ['webhdfs'],
} as const;

export type OptionalKind = keyof typeof optionalKinds;

/** What the dvc-runner always has; a folder needs nothing. */
const standardSchemes = ['s3', 'http', 'https'];

/** The setting that names the kinds which the dvc-runner shall have beside. */
export const kindsSetting = 'SIBLING_DVC_REMOTES';

const allOptional = Object.keys(optionalKinds) as OptionalKind[];

/** What it takes to reach an address: nothing more, an optional kind, or what DVC does not know. */
export function kindOf(url: string): 'standard' | OptionalKind | 'unknown' {
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || standardSchemes.includes(scheme)) return 'standard';
  const known = allOptional.find((kind) =>
    (optionalKinds[kind] as readonly string[]).includes(scheme),
  );
  return known ?? 'unknown';
}

/** The kinds in words, for a person who has to choose. */
export const supportedText = `a folder, ${standardSchemes.join(', ')}; and named in ${kindsSetting}: ${allOptional.join(', ')}`;

/**
 * The kinds that the setting names, sorted and each once; those that are there anyway may be named too.
 * Throws 'configuration' for any other word; `place` is where it is written.
 */
export function namedKinds(env: NodeJS.ProcessEnv, place?: Place): readonly OptionalKind[] {
  const words = (env.SIBLING_DVC_REMOTES ?? '').split(/[\s,]+/).filter((word) => word !== '');
  const kinds = words.map((word) => word.toLowerCase());
  const unknown = kinds.find((kind) => !isOptional(kind) && !isStandard(kind));
  if (unknown !== undefined) {
    throw new ExpectedFailure({
      kind: 'configuration',
      cause: `${kindsSetting} names ${unknown}, which is no kind of remote that DVC knows`,
      hint: `Name some of ${allOptional.join(', ')}, with commas between them.`,
      ...(place && { place }),
    });
  }
  return [...new Set(kinds.filter(isOptional))].sort();
}

function isOptional(word: string): word is OptionalKind {
  return (allOptional as readonly string[]).includes(word);
}

function isStandard(word: string): boolean {
  return standardSchemes.includes(word) || word === 'local';
}
