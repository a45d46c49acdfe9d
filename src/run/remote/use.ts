/**
 * How a run takes its remote, in the words of dvc-runner/remote/circuit.py: what it has is fetched
 * where it answers; it has to answer; or it is not asked at all.
 */
export type RemoteUse = 'if-it-answers' | 'insisted' | 'never';

/** What the runner tells of the remote in the middle of a run. */
export type RemoteEvent =
  /** Told once: it is not asked again. */
  | { readonly type: 'remote-away'; readonly why: string }
  /** A stage cannot run for want of these files, which DVC keeps; paths from the project's root. */
  | { readonly type: 'data-needed'; readonly stage: string; readonly paths: readonly string[] };

/** What a run has been told of its remote. */
export class RemoteStory {
  #away: string | undefined;
  #needed: Extract<RemoteEvent, { type: 'data-needed' }> | undefined;

  /** Why the remote is away, in its own words or its client's; undefined as long as it is not. */
  get away(): string | undefined {
    return this.#away;
  }

  get needed(): Extract<RemoteEvent, { type: 'data-needed' }> | undefined {
    return this.#needed;
  }

  take(event: RemoteEvent): void {
    if (event.type === 'data-needed') this.#needed ??= event;
    else this.#away ??= event.why;
  }
}
