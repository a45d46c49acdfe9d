import type { TransferEvent } from '../remote/transfer-events.ts';

/** What the remote was seen to have after a push: claims no more than what it was asked for. */
export function verifiedText(
  verified: Extract<TransferEvent, { type: 'verified' }> | undefined,
  targets: readonly string[],
): string {
  const { objects, unasked } = verified ?? { objects: 0, unasked: 0 };
  const whose = targets.length > 0 ? `of ${targets.join(', ')}` : 'that dvc.lock names';
  if (objects + unasked === 0) return 'There was nothing to push, so nothing was verified';
  // DVC cannot tell a remote that keeps versions, or one that only it can read, by hashes.
  const blind = `it cannot be asked for ${objectsText(unasked)} ${whose}`;
  if (objects === 0) return `Nothing was verified in the remote: ${blind}`;
  const seen = `The remote was asked, and has ${objects === 1 ? 'the' : 'all'} ${objectsText(objects)}`;
  return unasked === 0 ? `${seen} ${whose}` : `${seen} that it can be asked for; ${blind}`;
}

function objectsText(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'object' : 'objects'}`;
}
