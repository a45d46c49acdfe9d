import type { FileHash } from '../../dvc/pipeline.ts';
import { ExpectedFailure } from '../../errors.ts';
import type { Revision } from '../context/revision.ts';

/** Throws 'unreproducible' where data that the wanted stages are given cannot be hashed. */
export function requireHashed(
  { pipeline, wanted, locked }: Revision,
  sources: readonly FileHash[],
): void {
  const recorded = new Set([
    ...pipeline.sources.map(({ address }) => address),
    ...locked.map(({ stage }) => stage.address),
  ]);
  const unknown = wanted.given.filter((address) => !recorded.has(address));
  const unhashed = sources
    .filter(({ hash, kind }) => hash === undefined || kind !== 'md5')
    .map(({ path }) => path);
  if (unknown.length + unhashed.length > 0) throw notHashed([...unknown, ...unhashed]);
}

/** What is stored without DVC 3's hash tells nothing of its bytes. */
export function notHashed(names: readonly string[]): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'unreproducible',
    cause: `no stored bytes of ${names.join(', ')} could be looked at: the commit has no MD5 of DVC 3 for ${names.length > 1 ? 'them' : 'it'}, or ${names.length > 1 ? 'they are' : 'it is'} kept in no remote`,
    hint: 'dvc cache migrate --dvc-files brings what DVC 2 has recorded to DVC 3, for later commits. A model with push: false can be made again: leave --pull out.',
  });
}
