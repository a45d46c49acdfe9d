import type { TransferProgress } from '../remote/transfer-events.ts';
import { byteSize } from '../terminal/table.ts';

/** Milliseconds over which the rate is taken: long enough to be steady, short enough to be true now. */
const window = 10_000;
/** Milliseconds before which a rate would be a guess. */
const shortest = 1_000;

/** Makes words of a transfer's progress, with its rate and the time that is left. */
export class TransferRate {
  readonly #verb: string;
  #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** `verb` is what has been done to a file: `sent`, `fetched`. */
  constructor(verb: string) {
    this.#verb = verb;
  }

  /**
   * `sent 120 of 2,000 files, 1.2 MB of 20 MB, 410 KB/s, about 46 s left`. Each part is there only when
   * it is known; undefined as long as there is nothing to do. `now` is in milliseconds.
   */
  text(progress: TransferProgress, now: number): string | undefined {
    const { files, ofFiles, bytes, ofBytes } = progress;
    if (ofFiles === 0) return undefined;
    this.#samples = [...this.#samples.filter(({ at }) => now - at <= window), { at: now, bytes }];
    const rate = this.#rate();
    const size =
      ofBytes === undefined ? byteSize(bytes) : `${byteSize(bytes)} of ${byteSize(ofBytes)}`;
    const left = ofBytes === undefined || rate === undefined ? 0 : (ofBytes - bytes) / rate;
    return [
      `${this.#verb} ${count(files)} of ${filesText(ofFiles)}`,
      size,
      ...(rate === undefined ? [] : [`${byteSize(rate)}/s`]),
      ...(left < 1 ? [] : [`about ${roughly(left)} left`]),
    ].join(', ');
  }

  /** Bytes per second. */
  #rate(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at - first.at < shortest)
      return undefined;
    const bytes = last.bytes - first.bytes;
    return bytes > 0 ? (bytes / (last.at - first.at)) * 1000 : undefined;
  }
}

/** No finer than such a guess is. */
function roughly(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** `2,000 files`, `1 file`. */
export function filesText(files: number): string {
  return `${count(files)} ${files === 1 ? 'file' : 'files'}`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
