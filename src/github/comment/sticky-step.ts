import { type CommentMarker, compareRuns, readMarker } from './marker.ts';

/** A comment of the pull request, whoever wrote it. */
export interface Comment {
  readonly id: number;
  readonly body: string;
  /** Login of its author. */
  readonly author: string;
}

/** What this run has to say; `body` begins with the marker's line. */
export interface OwnReport {
  readonly marker: CommentMarker;
  readonly body: string;
}

/** What tells our comments from those of others: anybody can write our marker. */
export interface Ourselves {
  /** Logins that this token is known, or said, to write as. */
  readonly logins: ReadonlySet<string>;
  /** Ids of the comments that this run has made. */
  readonly made: ReadonlySet<number>;
  /** Whether this run may have made one of which no answer told. */
  readonly mayHaveMade: boolean;
}

/** The next write, or the end: the comment that stays, and whether it is a newer run's. */
export type Step =
  | { readonly do: 'create' }
  /** `last` when nothing else is left to do after it. */
  | { readonly do: 'update'; readonly id: number; readonly body: string; readonly last: boolean }
  | { readonly do: 'delete'; readonly id: number }
  | { readonly do: 'nothing'; readonly id: number; readonly newer?: CommentMarker };

/**
 * What to do about the comments that were just read, so that one comment of ours remains: the
 * oldest, with what the newest run said. Every run decides alike from the same comments, so runs that
 * meet do each other's work instead of undoing it.
 */
export function nextStep(
  comments: readonly Comment[],
  mine: OwnReport,
  ourselves: Ourselves,
): Step {
  const own = comments.flatMap((comment) => {
    const marker = isOurs(comment, mine, ourselves) ? readMarker(comment.body) : undefined;
    return marker?.pipeline === mine.marker.pipeline ? [{ ...comment, marker }] : [];
  });
  own.sort((left, right) => left.id - right.id);
  const [oldest, ...others] = own;
  if (oldest === undefined) return { do: 'create' };
  let newest: { marker: CommentMarker; body: string } = mine;
  for (const comment of own) {
    if (compareRuns(comment.marker, newest.marker) > 0) newest = comment;
  }
  if (!saysTheSame(oldest.body, newest.body)) {
    return { do: 'update', id: oldest.id, body: newest.body, last: others.length === 0 };
  }
  const [extra] = others;
  if (extra) return { do: 'delete', id: extra.id };
  return newest === mine
    ? { do: 'nothing', id: oldest.id }
    : { do: 'nothing', id: oldest.id, newer: newest.marker };
}

function isOurs(
  { id, author, body }: Comment,
  mine: OwnReport,
  { logins, made, mayHaveMade }: Ourselves,
): boolean {
  if (logins.has(author) || made.has(id)) return true;
  if (!mayHaveMade) return false;
  const marker = readMarker(body);
  return (
    marker !== undefined && compareRuns(marker, mine.marker) === 0 && saysTheSame(body, mine.body)
  );
}

/** Whether a comment with this pipeline's marker is there that we do not know to be ours. */
export function hasUnknown(
  comments: readonly Comment[],
  mine: OwnReport,
  ourselves: Ourselves,
): boolean {
  const { pipeline } = mine.marker;
  return comments.some(
    (comment) =>
      !isOurs(comment, mine, ourselves) && readMarker(comment.body)?.pipeline === pipeline,
  );
}

/** Whether a reader sees the same: the marker's line aside, and line ends as GitHub may store them. */
function saysTheSame(left: string, right: string): boolean {
  const seen = (body: string) =>
    body
      .replaceAll('\r\n', '\n')
      .replace(/^[^\n]*\n/, '')
      .trimEnd();
  return seen(left) === seen(right);
}
