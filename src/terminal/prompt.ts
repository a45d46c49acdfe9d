import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ExpectedFailure } from '../errors.ts';

/** Questions on the terminal. Control-C and the end of the input throw 'interrupted'. */
export class Prompt {
  #isMuted = false;
  readonly #stop = new AbortController();
  readonly #lines = createInterface({
    input: process.stdin,
    output: new Writable({
      write: (chunk, _encoding, done) => {
        if (!this.#isMuted) process.stderr.write(chunk);
        done();
      },
    }),
    terminal: true,
    historySize: 0, // else the arrow keys would show a hidden answer
  });

  constructor() {
    const stop = () => this.#stop.abort();
    this.#lines.on('SIGINT', stop).on('close', stop);
  }

  ask(question: string): Promise<string> {
    return this.orStopped(this.#lines.question(question).then((answer) => answer.trim()));
  }

  /** The answer is not echoed. */
  async askHidden(question: string): Promise<string> {
    process.stderr.write(question);
    this.#isMuted = true;
    try {
      return await this.ask('');
    } finally {
      this.#isMuted = false;
      process.stderr.write('\n');
    }
  }

  /** Waits for what is being done between two questions, unless somebody stops it. */
  orStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      const stop = () =>
        reject(
          new ExpectedFailure({
            kind: 'interrupted',
            cause: 'stopped before all was answered',
            hint: 'Nothing was written.',
          }),
        );
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject);
    });
  }

  close(): void {
    this.#lines.close();
  }
}
