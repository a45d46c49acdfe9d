import { exactText, type Value } from '../value.ts';
import type { StageStatus } from './pipeline-status.ts';
import type { Reason } from './stage-reasons.ts';

export interface ReasonTextOptions {
  /** Folders that hold a stage's image: a change in one is told as such. */
  readonly imageFolders?: ReadonlySet<string>;
  /** Whether the remote has outs that the cache lacks, for those that it was asked about. */
  readonly inRemote?: ReadonlyMap<string, boolean>;
}

/** Why a stage is not up to date, in a person's words: `params.yaml: train.max_depth 5 → 7`. */
export function reasonText(reason: Reason, options: ReasonTextOptions = {}): string {
  switch (reason.kind) {
    case 'never-ran':
      return 'never ran';
    case 'always':
      return 'always runs';
    case 'command':
      return `command changed: ${changeText(reason.before, reason.after)}`;
    case 'dep': {
      const name = options.imageFolders?.has(reason.path)
        ? `image folder ${reason.path}`
        : reason.path;
      const changes = { modified: 'changed', deleted: 'missing', new: 'is a new dep' };
      return `${name} ${changes[reason.change]}`;
    }
    case 'params-file':
      return `${reason.file} ${reason.change === 'deleted' ? 'missing' : 'is a new params file'}`;
    case 'param':
      return `${reason.file}: ${paramText(reason)}`;
    case 'out':
      return `${reason.path} ${outText(reason)}${remoteText(options.inRemote?.get(reason.path))}`;
    case 'not-understood':
      return `${reason.construct}: only DVC can tell`;
  }
}

/** The reasons of a status as one line: the first ones, and how many more there are. */
export function statusText(
  { state, reasons, staleUpstream }: StageStatus,
  options: ReasonTextOptions = {},
): string {
  if (state === 'unchanged') {
    return staleUpstream.length === 0 ? 'up to date' : `waits for ${staleUpstream.join(', ')}`;
  }
  // Of a stage that never ran everything else is new as well.
  const telling = reasons.some(({ kind }) => kind === 'never-ran')
    ? reasons.filter(({ kind }) => kind === 'never-ran' || kind === 'not-understood')
    : reasons;
  const texts = telling.map((reason) => reasonText(reason, options));
  const shown = texts.slice(0, maxShown).join('; ');
  return texts.length > maxShown ? `${shown}; and ${texts.length - maxShown} more` : shown;
}

const maxShown = 3;

function paramText({ key, change, before, after }: Reason & { kind: 'param' }): string {
  if (change === 'deleted') return `${key} missing`;
  if (change === 'new') return `${key} is new (${valueText(after)})`;
  return `${key} ${changeText(plainText(before), plainText(after))}`;
}

function outText({ change, isCached }: Reason & { kind: 'out' }): string {
  if (change === 'deleted') return isCached ? 'missing, in cache' : 'missing';
  const changes = { modified: 'changed', 'not-in-cache': 'not in cache', new: 'is a new out' };
  return changes[change];
}

function remoteText(inRemote: boolean | undefined): string {
  if (inRemote === undefined) return '';
  return inRemote ? ', in the remote' : ', not in the remote either';
}

function valueText(value: Value | undefined): string {
  return shortText(plainText(value));
}

function plainText(value: Value | undefined): string {
  return value === undefined ? 'nothing' : exactText(value);
}

const maxLength = 40;

function shortText(text: string): string {
  return isShort(text) ? text : `${text.slice(0, maxLength - 1)}…`;
}

/** Characters before a difference that show where it is. */
const leadLength = 12;

/** Both texts from their beginning, or, where they differ too late to be seen, from shortly before. */
function changeText(before: string, after: string): string {
  const [one, other] = [[...before], [...after]];
  let same = 0;
  while (same < one.length && same < other.length && one[same] === other[same]) same++;
  const isSeen = same < maxLength - leadLength || (isShort(before) && isShort(after));
  const from = isSeen ? 0 : same - leadLength;
  const [shownBefore, shownAfter] = [one, other].map((characters) =>
    shortText(`${from > 0 ? '…' : ''}${characters.slice(from).join('')}`),
  );
  return `${shownBefore} → ${shownAfter}`;
}

function isShort(text: string): boolean {
  return text.length <= maxLength;
}
