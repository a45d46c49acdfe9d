/** Which run wrote a comment, and for which pipeline. */
export interface CommentMarker {
  readonly pipeline: string;
  /** `GITHUB_RUN_NUMBER` and `GITHUB_RUN_ATTEMPT`: a larger pair is newer. */
  readonly run: number;
  readonly attempt: number;
}

const pattern =
  /^<!-- sibling-report pipeline=([\w.%~-]{1,20000}) run=(\d{1,15}) attempt=(\d{1,6}) -->/;

/** The first line of our comments: invisible on GitHub, and first so that no cut loses it. */
export function markerLine({ pipeline, run, attempt }: CommentMarker): string {
  // Percent-encoded UTF-8: nothing in it can end an HTML comment.
  const name = [...new TextEncoder().encode(pipeline)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.~]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  return `<!-- sibling-report pipeline=${name} run=${run} attempt=${attempt} -->`;
}

/** The marker of a comment's body, undefined when its first line is none. */
export function readMarker(body: string): CommentMarker | undefined {
  const match = pattern.exec(body);
  if (!match?.[1]) return undefined;
  try {
    const pipeline = decodeURIComponent(match[1]);
    return { pipeline, run: Number(match[2]), attempt: Number(match[3]) };
  } catch {
    return undefined;
  }
}

/** Negative when `left` is older than `right`, positive when newer, 0 when it is the same attempt. */
export function compareRuns(left: CommentMarker, right: CommentMarker): number {
  return left.run - right.run || left.attempt - right.attempt;
}
