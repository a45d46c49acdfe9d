import * as v from 'valibot';
import { ExpectedFailure } from '../../errors.ts';

/** Raised with each change of what a baton or a stage's results say. */
export const handOverVersion = 2;

export const outcomes = ['ran', 'cached', 'unchanged', 'failed'] as const;

/** Characters of a baton: about 160 are used. All of a pipeline go through one variable. */
export const longestBaton = 250;

/**
 * What a stage job hands on in the workflow: an output of the job, small whatever the stage is. All
 * that grows with a pipeline lies beside it and is found by its hash (`StageResults`).
 */
const batonSchema = v.strictObject({
  version: v.literal(handOverVersion),
  outcome: v.picklist(outcomes),
  startedAt: v.pipe(v.string(), v.maxLength(40)),
  seconds: v.number(),
  /** SHA-256 of the job's results. */
  results: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'no SHA-256')),
});

export type Baton = v.InferOutput<typeof batonSchema>;

/** A job that another one waited for. */
export interface NeededJob {
  readonly job: string;
  readonly result: string;
  readonly baton?: Baton;
}

/** The baton as one line for a job's output. */
export function writeBaton(baton: Baton): string {
  return JSON.stringify(v.parse(batonSchema, baton));
}

/**
 * Reads the input `needs`, which is `${{ toJSON(needs) }}`. Throws 'usage' for what is not that,
 * and for a baton of another version or of another shape.
 */
export function readNeeds(input: string): NeededJob[] {
  if (input.trim() === '') return [];
  const parsed = parseJson('the input needs', input);
  const jobs = v.safeParse(jobsSchema, entriesOf(parsed));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own expression language
  if (!jobs.success) throw refused('the input needs is not what ${{ toJSON(needs) }} gives');
  return jobs.output.map(([job, { result, outputs }]) => {
    // Where the step never ran, act hands on the expression itself, and GitHub an empty text.
    const line = outputs.baton?.startsWith('${{') ? '' : outputs.baton;
    const baton = line ? readBaton(job, line) : undefined;
    return { job, result, ...(baton && { baton }) };
  });
}

/** Pairs, for valibot's record leaves out keys such as `constructor`, which a stage may be called. */
const jobsSchema = v.array(
  v.tuple([
    v.string(),
    v.object({ result: v.string(), outputs: v.object({ baton: v.optional(v.string()) }) }),
  ]),
);

function entriesOf(value: unknown): [string, unknown][] | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.entries(value) : undefined;
}

function readBaton(job: string, line: string): Baton {
  const what = `the baton of job ${job}`;
  if (line.length > longestBaton && handedOverVersion(line) === handOverVersion) {
    throw refused(`${what} is too large`);
  }
  return parseHandedOver(batonSchema, what, line);
}

function handedOverVersion(line: string): unknown {
  try {
    return (JSON.parse(line) as { version?: unknown } | null)?.version;
  } catch {
    return undefined;
  }
}

/**
 * What another job wrote, checked against its schema. Throws 'usage' for another version, which has
 * another shape, and for what is not as it was written.
 */
export function parseHandedOver<T>(
  schema: v.GenericSchema<unknown, T>,
  what: string,
  text: string,
): T {
  const parsed = parseJson(what, text);
  const version = (parsed as { version?: unknown } | null)?.version;
  if (version !== handOverVersion) {
    const has = version === undefined ? 'no version' : `version ${JSON.stringify(version)}`;
    throw refused(`${what} has ${has}; this action reads version ${handOverVersion}`);
  }
  const result = v.safeParse(schema, parsed);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? 'its top';
  throw refused(`${what} is not as it was written: ${issue.message} at ${place}`);
}

function parseJson(what: string, input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw refused(`${what} is not JSON: ${(error as Error).message}`);
  }
}

function refused(cause: string): ExpectedFailure {
  return new ExpectedFailure({
    kind: 'usage',
    cause,
    hint: 'Use the same version of the actions in all jobs, and pass needs on unchanged; then run the whole workflow again.',
  });
}
