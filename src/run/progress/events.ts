import type { Failure } from '../../errors.ts';
import type { CollectedOut } from '../../stage/scratch/collect-outs.ts';
import type { RemoteEvent } from '../remote/use.ts';

/** What `sibling stage` and DVC tell the launcher, which sees only the runner container's output. */
export type RunEvent =
  | RemoteEvent
  /** DVC starts `sibling stage` for it (dvc-runner/reproduce/stage_calls.py). */
  | { readonly type: 'stage-called'; readonly stage: string }
  | {
      readonly type: 'stage-started';
      readonly stage: string;
      readonly image: string;
      readonly imageId: string;
      readonly container: string;
    }
  | {
      readonly type: 'stage-ended';
      readonly stage: string;
      readonly seconds: number;
      readonly outs: readonly CollectedOut[];
      /** Absent when the stage succeeded. */
      readonly failure?: Failure;
      /** The end of the stage's log. */
      readonly logTail: readonly string[];
    };

/** Characters of an event on one line: longer lines than `outputLines` lets through would be cut. */
const longestPart = 8_000;

/**
 * Events travel as lines of the output, marked by a record separator and a secret of the run, and
 * numbered `PART/PARTS` from 1. A stage cannot forge one: each of its lines gets a prefix before it
 * is printed. What is not ASCII is escaped, so that no part ends within a character.
 */
export function encodeEvent(token: string, event: RunEvent): string[] {
  const text = JSON.stringify(event).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const parts = text.match(new RegExp(`.{1,${longestPart}}`, 'g')) ?? [];
  return parts.map((part, at) => `\x1e${token} ${at + 1}/${parts.length} ${part}`);
}

/** A line of a run's output, taken apart. */
export interface TakenLine<Event> {
  /** What is for people; absent where the line is an event's alone. */
  readonly before?: string;
  /**
   * The event that the line completes, or `part` where more has to come, or where the beginning is
   * missing: a process that was killed may leave half an event.
   */
  readonly event?: Event | 'part';
}

/** Puts the events together that come in the lines of a run's output. */
export class EventReader<Event = RunEvent> {
  readonly #mark: string;
  readonly #hide: (text: string) => string;
  #parts: string[] = [];

  /**
   * `hide` is applied to each text of an event, whole, for a line of the output may cut it; but not
   * to the name of a stage, by which events are told apart.
   */
  constructor(token: string, hide: (text: string) => string = (text) => text) {
    this.#mark = `\x1e${token} `;
    this.#hide = hide;
  }

  /** What a line of the output has of an event, and what of other output. */
  take(line: string): TakenLine<Event> {
    const at = line.indexOf(this.#mark);
    if (at === -1) return { before: line };
    // Somebody else may have left a line unfinished.
    const before = at > 0 ? { before: line.slice(0, at) } : {};
    const [, part, parts, text = ''] =
      /^(\d+)\/(\d+) (.*)$/.exec(line.slice(at + this.#mark.length)) ?? [];
    if (part === '1') this.#parts = [];
    this.#parts.push(text);
    if (this.#parts.length !== Number(part) || part !== parts) return { ...before, event: 'part' };
    const event = parseEvent<Event>(this.#parts.join(''), this.#hide);
    return { ...before, event: event ?? 'part' };
  }
}

/** An event without what `hide` takes out of its texts, as `EventReader` does it. */
export function hiddenIn(event: RunEvent, hide: (text: string) => string): RunEvent {
  return parseEvent<RunEvent>(JSON.stringify(event), hide) ?? event;
}

/** Undefined where a process that was killed and another one have written into one line. */
function parseEvent<Event>(text: string, hide: (text: string) => string): Event | undefined {
  try {
    return JSON.parse(text, (key, value) =>
      typeof value === 'string' && key !== 'stage' ? hide(value) : value,
    );
  } catch {
    return undefined;
  }
}
