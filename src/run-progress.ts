import type { OutputLines } from './container/log-lines.ts';
import { isAdvice, stageMessage } from './dvc/repro-output.ts';
import type { Failure } from './errors.ts';
import { RemoteStory } from './remote-use/remote-use.ts';
import { EventReader, type RunEvent } from './run-events.ts';
import type { CollectedOut } from './scratch/collect-outs.ts';
import { stripColour } from './terminal/style.ts';

export type StageState =
  | 'waiting'
  | 'running'
  | 'ran'
  | 'cached'
  | 'unchanged'
  | 'failed'
  | 'not-run';

/** One stage of a run, as far as it has come. */
export interface StageProgress {
  readonly stage: string;
  readonly state: StageState;
  readonly seconds?: number;
  readonly image?: string;
  readonly imageId?: string;
  readonly outs?: readonly CollectedOut[];
  readonly failure?: Failure;
  readonly logTail?: readonly string[];
  readonly lastLine?: string;
  /** `performance.now()` at the start of its container. */
  readonly startedAt?: number;
}

/** Follows a run by the runner's output: Sibling's events and DVC's own messages. */
export class RunProgress {
  /** What DVC has told of the remote. */
  readonly remote = new RemoteStory();
  readonly #events: EventReader;
  readonly #stages: Map<string, StageProgress>;
  readonly #hide: (text: string) => string;

  /** `hide` takes secrets out of all that is shown and kept. */
  constructor(
    token: string,
    stages: readonly string[],
    hide: (text: string) => string = (text) => text,
  ) {
    this.#events = new EventReader(token, hide);
    this.#hide = hide;
    this.#stages = new Map(stages.map((stage) => [stage, { stage, state: 'waiting' }]));
  }

  get stages(): readonly StageProgress[] {
    return [...this.#stages.values()];
  }

  /** Takes note of the output and gives back the lines that are for people. */
  take(output: OutputLines): string[] {
    return output.lines.flatMap((line) => {
      const event = this.#events.take(line);
      if (event !== undefined) {
        if (event !== 'part') this.#apply(event);
        return [];
      }
      const shown = this.#hide(line);
      this.#read(shown);
      return isAdvice(shown) ? [] : [shown];
    });
  }

  /** After the run: what never started was not run. */
  end(): readonly StageProgress[] {
    for (const { stage, state } of this.stages) {
      if (state === 'waiting') this.#update(stage, { state: 'not-run' });
      if (state === 'running') this.#update(stage, { state: 'failed' });
    }
    return this.stages;
  }

  #apply(event: RunEvent): void {
    if (event.type === 'remote-away' || event.type === 'data-needed') {
      this.remote.take(event);
      return;
    }
    if (event.type === 'stage-started') {
      const { image, imageId } = event;
      this.#update(event.stage, { state: 'running', image, imageId, startedAt: performance.now() });
      return;
    }
    const { seconds, outs, failure, logTail } = event;
    const state = failure ? 'failed' : 'ran';
    this.#update(event.stage, { state, seconds, outs, logTail, ...(failure && { failure }) });
  }

  #read(line: string): void {
    const message = stageMessage(line);
    if (message && message.state !== 'running') {
      this.#update(message.stage, { state: message.state });
      return;
    }
    const prefixed = /^\[([^\]]+)\] (.*)$/.exec(stripColour(line));
    const [, stage, text] = prefixed ?? [];
    if (stage !== undefined && text !== undefined && this.#stages.has(stage)) {
      this.#update(stage, { lastLine: text });
    }
  }

  #update(stage: string, change: Partial<StageProgress>): void {
    const known = this.#stages.get(stage);
    if (known) this.#stages.set(stage, { ...known, ...change });
  }
}
