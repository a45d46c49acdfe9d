import { StringDecoder } from 'node:string_decoder';
import { cutBefore } from '../secrets/known.ts';

/** Where a container wrote: its standard output or its standard error. */
export type OutputStream = 'stdout' | 'stderr';

export interface OutputLines {
  readonly stream: OutputStream;
  /** Whole lines, without their line ends. */
  readonly lines: readonly string[];
}

/** A line longer than this (in UTF-16 units) is cut; what was dropped is counted at its end. */
const longestLine = 65_536;

/** So much more is read of a line that is cut: a secret across the cut is known by all of it. */
const readBeyond = 8_192;

/** For a stage's own log: with a prefix, and what a cut says, its lines are no longer than others. */
export const longestStageLine = 16_384;

const frameHeaderSize = 8;

/** As `OutputReader`, of one stream from its beginning to its end. */
export async function* outputLines(attached: AsyncIterable<Buffer>): AsyncGenerator<OutputLines> {
  const reader = new OutputReader();
  yield* reader.read(attached);
  yield* reader.end();
}

/** How many bytes of each of a container's outputs. */
export type OutputBytes = Readonly<Record<OutputStream, number>>;

/**
 * Splits attach streams into lines, a batch per chunk read, so that a slow reader holds the
 * container back instead of filling memory. Bytes that are not UTF-8 become U+FFFD. After a stream
 * that broke off, another one can be read from where it ended.
 *
 * Without a TTY the engine multiplexes: an 8-byte header, whose first byte names the stream and
 * whose last four hold the payload's size, precedes each payload
 * (https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach).
 */
export class OutputReader {
  readonly #splitters: Record<OutputStream, LineSplitter>;
  readonly #taken: Record<OutputStream, number> = { stdout: 0, stderr: 0 };

  /** Lines are cut at `longest` UTF-16 units. */
  constructor(longest = longestLine) {
    this.#splitters = { stdout: new LineSplitter(longest), stderr: new LineSplitter(longest) };
  }

  /** What has been read so far. */
  get taken(): OutputBytes {
    return { ...this.#taken };
  }

  /** The lines of a stream that repeats what `skip` counts. */
  async *read(
    attached: AsyncIterable<Buffer>,
    skip: OutputBytes = { stdout: 0, stderr: 0 },
  ): AsyncGenerator<OutputLines> {
    const repeated = { ...skip };
    let header = Buffer.alloc(0);
    let stream: OutputStream = 'stdout';
    let payloadLeft = 0;
    for await (const chunk of attached) {
      let rest = chunk;
      while (rest.length > 0) {
        if (payloadLeft === 0) {
          const missing = frameHeaderSize - header.length;
          header = Buffer.concat([header, rest.subarray(0, missing)]);
          rest = rest.subarray(missing);
          if (header.length < frameHeaderSize) break;
          stream = header[0] === 2 ? 'stderr' : 'stdout';
          payloadLeft = header.readUInt32BE(4);
          header = Buffer.alloc(0);
          continue;
        }
        const payload = rest.subarray(0, payloadLeft);
        rest = rest.subarray(payload.length);
        payloadLeft -= payload.length;
        const fresh = payload.subarray(repeated[stream]);
        repeated[stream] -= payload.length - fresh.length;
        this.#taken[stream] += fresh.length;
        const lines = this.#splitters[stream].push(fresh);
        if (lines.length > 0) yield { stream, lines };
      }
    }
  }

  /** The unfinished last lines. */
  *end(): Generator<OutputLines> {
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = this.#splitters[stream].end();
      if (lines.length > 0) yield { stream, lines };
    }
  }
}

/** Turns chunks of bytes into lines of bounded length. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #longest: number;
  #line = '';
  #dropped = 0;

  constructor(longest = longestLine) {
    this.#longest = longest;
  }

  /** The lines that `bytes` completes. */
  push(bytes: Buffer): string[] {
    const parts = this.#decoder.write(bytes).split('\n');
    const last = parts.pop() ?? '';
    const lines = parts.map((part) => {
      this.#extend(part);
      return this.#take();
    });
    this.#extend(last);
    return lines;
  }

  /** The unfinished last line, if there is one. */
  end(): string[] {
    this.#extend(this.#decoder.end());
    return this.#line === '' && this.#dropped === 0 ? [] : [this.#take()];
  }

  #extend(text: string): void {
    const room = Math.max(0, this.#longest + readBeyond - this.#line.length);
    this.#line += text.slice(0, room);
    this.#dropped += Math.max(0, text.length - room);
  }

  #take(): string {
    const whole = this.#line;
    const isCut = this.#dropped > 0 || whole.length > this.#longest;
    const end = isCut ? cutBefore(whole, this.#longest) : whole.length;
    const line = isCut || !whole.endsWith('\r') ? whole.slice(0, end) : whole.slice(0, -1);
    const missing = whole.length - end + this.#dropped;
    this.#line = '';
    this.#dropped = 0;
    return isCut ? `${line} … [${missing} more characters in this line]` : line;
  }
}

/** Keeps the last `size` lines of a log. */
export class LogTail {
  readonly #size: number;
  #lines: string[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  push(lines: readonly string[]): void {
    this.#lines = [...this.#lines, ...lines.slice(-this.#size)].slice(-this.#size);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
