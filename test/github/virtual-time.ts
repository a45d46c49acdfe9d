import type { Clock } from '../../src/github/api/clock.ts';

/** Time that passes only while everybody sleeps: seconds of waiting take none. */
export class VirtualTime implements Clock {
  #now = 0;
  readonly #sleepers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + milliseconds, wake });
    });
  }

  /** Lets time pass until all are settled. */
  async run<Result>(tasks: readonly Promise<Result>[]): Promise<Result[]> {
    let running = true;
    const all = Promise.all(tasks).finally(() => {
      running = false;
    });
    all.catch(() => undefined);
    for (;;) {
      await new Promise(setImmediate);
      if (!running) return all;
      const next = this.#sleepers.reduce((first, other) => (other.at < first.at ? other : first));
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#now = next.at;
      next.wake();
    }
  }
}
