import type { OutputLines } from '../../container/log-lines.ts';
import { isAdvice, type StageMessage, stageMessage } from '../../dvc/repro-output.ts';
import type { Failure } from '../../errors.ts';
import type { CollectedOut } from '../../stage/scratch/collect-outs.ts';
import { stripColour } from '../../terminal/style.ts';
import { RemoteStory } from '../remote/use.ts';
import { EventReader, type RunEvent } from './events.ts';

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
  /** Stages that DVC has begun to run, of which no event has come yet. */
  readonly #unseen = new Set<string>();

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
      const { before, event } = this.#events.take(line);
      const shown = before === undefined ? [] : this.#readLine(before);
      if (event !== undefined && event !== 'part') this.#apply(event);
      return shown;
    });
  }

  /**
   * After DVC has ended with `code`: what never started was not run. A stage that DVC has run, but
   * whose container nobody saw begin or end, has failed, whatever DVC makes of it; so has one that
   * DVC was `asked` for by its name, and of which it said nothing.
   */
  end(code: number, asked: readonly string[] = []): readonly StageProgress[] {
    for (const stage of this.#unseen) {
      this.#update(stage, { state: 'failed', ...(code === 0 && { failure: unseen(stage) }) });
    }
    for (const { stage, state } of this.stages) {
      if (state === 'waiting' && code !== 0) this.#update(stage, { state: 'not-run' });
      if (state === 'waiting' && code === 0 && asked.includes(stage)) {
        this.#update(stage, { state: 'failed', failure: unmentioned(stage) });
      }
      if (state === 'running') {
        this.#update(stage, { state: 'failed', ...(code === 0 && { failure: unended(stage) }) });
      }
    }
    return this.stages;
  }

  #readLine(line: string): string[] {
    const shown = this.#hide(line);
    const message = stageMessage(line);
    if (message) this.#note(message);
    else this.#keep(line);
    return isAdvice(shown) ? [] : [shown];
  }

  #apply(event: RunEvent): void {
    if (event.type === 'remote-away' || event.type === 'data-needed') {
      this.remote.take(event);
      return;
    }
    if (event.type === 'stage-called') {
      this.#unseen.add(event.stage);
      return;
    }
    this.#unseen.delete(event.stage);
    if (event.type === 'stage-started') {
      const { image, imageId } = event;
      this.#update(event.stage, { state: 'running', image, imageId, startedAt: performance.now() });
      return;
    }
    const { seconds, outs, failure, logTail } = event;
    const state = failure ? 'failed' : 'ran';
    this.#update(event.stage, { state, seconds, outs, logTail, ...(failure && { failure }) });
  }

  /** Keeps the last line of a stage's log. */
  #keep(line: string): void {
    const prefixed = /^\[([^\]]+)\] (.*)$/.exec(stripColour(line));
    const [, stage, text] = prefixed ?? [];
    if (stage !== undefined && text !== undefined && this.#stages.has(stage)) {
      this.#update(stage, { lastLine: this.#hide(text) });
    }
  }

  /** DVC's word counts for what it does itself. */
  #note({ stage, state }: StageMessage): void {
    if (state === 'failed') {
      this.#unseen.delete(stage);
      this.#update(stage, { state });
    } else if (this.#stages.has(stage)) {
      this.#update(stage, { state });
    }
  }

  /**
   * A stage that nobody has announced, such as one of another dvc.yaml, joins the others. That one
   * failed is never taken back, nor is why.
   */
  #update(stage: string, change: Partial<StageProgress>): void {
    const known = this.#stages.get(stage) ?? { stage, state: 'waiting' };
    const { state, failure } = known;
    const kept = state === 'failed' && { state, ...(failure && { failure }) };
    this.#stages.set(stage, { ...known, ...change, ...kept });
  }
}

function unseen(stage: string): Failure {
  return {
    kind: 'stage',
    cause: `DVC says that it ran stage ${stage}, but no container of that stage was started`,
    hint: `Look at the cmd of stage ${stage}: it has to be sibling stage NAME. What dvc.lock now has of it was made outside any container.`,
  };
}

function unmentioned(stage: string): Failure {
  return {
    kind: 'dvc',
    cause: `DVC was asked for stage ${stage}, and has said neither that it ran nor that nothing changed`,
    hint: 'sibling logs shows all it said.',
  };
}

function unended(stage: string): Failure {
  return {
    kind: 'stage',
    cause: `stage ${stage} was started, and nobody has heard how it ended`,
    hint: `Run it again: sibling run ${stage} --force`,
  };
}
