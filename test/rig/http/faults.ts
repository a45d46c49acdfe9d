import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * What goes wrong: an HTTP status (302 and 307 lead to where the fault's header `location` says), an
 * answer that comes late (`slow`), a connection reset before anything was done (`reset`), or one that
 * ends in the middle of the answer, after all was done (`cut`).
 */
export const faultKinds = [
  ...([302, 307, 400, 401, 403, 404, 413, 429, 500, 502, 503] as const),
  ...(['slow', 'reset', 'cut'] as const),
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One line of a fault plan. It strikes requests that meet all of its conditions. */
export interface Fault {
  readonly kind: FaultKind;
  /** `s3`, `mlflow`, `api`, `github`; any service if left out. */
  readonly service?: string;
  /** A regular expression over `METHOD /path?query`; any request if left out. */
  readonly match?: string;
  /** Strikes that many times, then never again; without end if left out. */
  readonly times?: number;
  /** Strikes this share of the requests, 0 to 1; all of them if left out. */
  readonly probability?: number;
  /** The same seed gives the same strikes for the same requests in the same order. */
  readonly seed?: number;
  /** How late a slow answer comes, in milliseconds. */
  readonly delay?: number;
  /** What a refusal says; the service's own words if left out. */
  readonly message?: string;
  /** Headers of a refusal, for example `retry-after`, which makes GitHub's 403 a rate limit. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fault plan in use: tells for each request, in order, what goes wrong with it. */
export class Faults {
  #plan: { fault: Fault; left: number; strikes: () => boolean }[] = [];

  /** Replaces the plan; counters and random numbers start anew. */
  set(faults: readonly Fault[]): void {
    this.#plan = faults.map((fault) => ({
      fault,
      left: fault.times ?? Number.POSITIVE_INFINITY,
      strikes: randomly(fault.probability ?? 1, fault.seed ?? 0),
    }));
  }

  /** The first fault that strikes this request; undefined when all goes well. */
  next(service: string, method: string, path: string): Fault | undefined {
    const struck = this.#plan.find(
      ({ fault, left, strikes }) => left > 0 && meets(fault, service, method, path) && strikes(),
    );
    if (struck === undefined) return undefined;
    struck.left -= 1;
    return struck.fault;
  }
}

function meets(fault: Fault, service: string, method: string, path: string): boolean {
  if (fault.service !== undefined && fault.service !== service) return false;
  return fault.match === undefined || new RegExp(fault.match).test(`${method} ${path}`);
}

function randomly(probability: number, seed: number): () => boolean {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator) < probability;
}

/** A fault plan that came as JSON. Throws an error that names the first thing wrong with it. */
export function parseFaults(json: unknown): Fault[] {
  if (!Array.isArray(json)) throw new Error('a fault plan is a list of faults');
  for (const [index, fault] of json.entries()) {
    if (!faultKinds.includes(fault?.kind)) {
      throw new Error(`fault ${index}: kind is one of ${faultKinds.join(', ')}`);
    }
    const unknown = Object.keys(fault).find((key) => !faultKeys.includes(key));
    if (unknown !== undefined) {
      throw new Error(`fault ${index}: ${unknown} is none of ${faultKeys.join(', ')}`);
    }
  }
  return json;
}

const faultKeys = [
  'kind',
  'service',
  'match',
  'times',
  'probability',
  'seed',
  'delay',
  'message',
  'headers',
];
