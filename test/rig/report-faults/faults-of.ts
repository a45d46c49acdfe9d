import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Fault } from '../http/faults.ts';
import { type Job, jobs } from './report-jobs.ts';

/** A job and what strikes it. */
export interface FaultTry {
  readonly job: Job;
  readonly faults: readonly Fault[];
  /** Milliseconds that a request may take: little where answers are late. */
  readonly longest?: number;
}

/** How GitHub, or what is before it, fails: some pass, some ask for a long wait. */
const strikes: readonly Fault[] = [
  { kind: 500 },
  { kind: 502 },
  { kind: 503 },
  { kind: 403 },
  { kind: 403, headers: { 'retry-after': '30' } },
  { kind: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' } },
  { kind: 429 },
  { kind: 429, headers: { 'retry-after': '4000' } },
  { kind: 401 },
  { kind: 400 },
  { kind: 404, message: 'Not Found' },
  { kind: 404, message: 'no Route matched with those values' },
  { kind: 404, message: 'Repository access blocked' },
  { kind: 'cut' },
  { kind: 'reset' },
  { kind: 'slow', delay: 400 },
];

const impatient = 150;

/** Each fault at each of a job's requests, once and for ever. */
export function eachFault(job: Job, requests: readonly string[]): FaultTry[] {
  return requests.flatMap((request) =>
    strikes.flatMap((strike) =>
      [{ times: 1 }, {}].map((often) =>
        tryOf(job, [{ ...strike, ...often, match: exactly(request) }]),
      ),
    ),
  );
}

/** A few faults by a seed, at some or all requests, for a time or by chance. */
export function randomFaults(
  seed: number,
  requests: Readonly<Record<Job, readonly string[]>>,
): FaultTry {
  const generator = xoroshiro128plus(seed);
  const upTo = (most: number) => uniformInt(generator, 0, most);
  const oneOf = <Item>(items: readonly Item[]) => items[upTo(items.length - 1)] as Item;
  const job = oneOf(jobs);
  const faults = Array.from({ length: 1 + upTo(3) }, (): Fault => {
    const where = upTo(3) === 0 ? {} : { match: exactly(oneOf(requests[job])) };
    const often = oneOf<Partial<Fault>>([
      {},
      { times: 1 + upTo(5) },
      { probability: uniformFloat64(generator), seed: upTo(1_000_000) },
    ]);
    return { ...oneOf(strikes), ...where, ...often };
  });
  return tryOf(job, faults);
}

function tryOf(job: Job, faults: readonly Fault[]): FaultTry {
  return faults.some(({ kind }) => kind === 'slow')
    ? { job, faults, longest: impatient }
    : { job, faults };
}

function exactly(request: string): string {
  return `^${request.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}
