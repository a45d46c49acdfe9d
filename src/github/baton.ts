import * as v from 'valibot';
import { ExpectedFailure } from '../errors.ts';

/** GitHub allows 1 MB for all outputs of a job, counted in UTF-16. */
const longestBaton = 400_000;

/** Bytes of the largest file that travels in a baton. */
export const largestFile = 65_536;

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
const path = v.pipe(
  text(500),
  v.check(
    (value) => !value.startsWith('/') && !value.split('/').includes('..'),
    'a path outside the project',
  ),
);

const url = v.pipe(text(500), v.regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i, 'no address'));

/** What one stage job tells the jobs after it. */
const batonSchema = v.strictObject({
  version: v.literal(1),
  stage: text(200),
  outcome: v.picklist(['ran', 'cached', 'unchanged', 'failed']),
  /** Why the stage ran or did not, in a person's words. */
  reason: text(2_000),
  seconds: v.number(),
  startedAt: text(40),
  endedAt: text(40),
  image: v.optional(v.strictObject({ reference: text(500), id: text(100) })),
  /** Pages that show more of what the stage found. */
  links: v.optional(
    v.pipe(
      v.array(v.strictObject({ kind: v.picklist(['mlflow-run', 'dagshub']), url })),
      v.maxLength(10),
    ),
  ),
  outs: v.array(v.strictObject({ path, bytes: v.number(), files: v.number() })),
  /** Entries of dvc.lock files, by file and stage name: this stage's and all upstream ones'. */
  lock: v.record(path, v.record(text(200), text(100_000))),
  /** Text of outs that DVC does not cache, such as metrics, by path. */
  files: v.record(path, text(largestFile)),
  /** Such outs that are no text, as Base64. */
  binary: v.optional(
    v.record(path, v.pipe(text(4 * Math.ceil(largestFile / 3)), v.regex(/^[A-Za-z0-9+/]*={0,2}$/))),
  ),
  /** Such outs that are too much for a baton, and why; none that the commit has as they are. */
  left: v.optional(
    v.array(v.strictObject({ path, why: v.picklist(['a folder', 'larger than 64 KiB']) })),
  ),
  /** Text of small metrics and plots that DVC caches: only shown, never put into a workspace. */
  shown: v.optional(v.record(path, text(largestFile))),
});

export type Baton = v.InferOutput<typeof batonSchema>;

/** A job that another one waited for. */
export interface NeededJob {
  readonly job: string;
  readonly result: string;
  readonly baton?: Baton;
}

/** The baton as one line for a job's output. Throws 'usage' when it is too large for GitHub. */
export function writeBaton(baton: Baton): string {
  const line = JSON.stringify(v.parse(batonSchema, baton));
  if (line.length <= longestBaton) return line;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `stage ${baton.stage} has too much to tell the next job: ${line.length} characters`,
    hint: 'Let DVC cache large metrics and plots (cache: true): then they travel through the remote.',
  });
}

/**
 * Reads the input `needs`, which is `${{ toJSON(needs) }}`. Throws 'usage' for what is not that,
 * and for a baton of another version or of another shape.
 */
export function readNeeds(input: string): NeededJob[] {
  if (input.trim() === '') return [];
  const parsed = parseJson('the input needs', input);
  const jobs = v.safeParse(
    v.record(
      v.string(),
      v.object({ result: v.string(), outputs: v.record(v.string(), v.string()) }),
    ),
    parsed,
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own expression language
  if (!jobs.success) throw refused('the input needs is not what ${{ toJSON(needs) }} gives');
  return Object.entries(jobs.output).map(([job, { result, outputs }]) => {
    // Where the step never ran, act hands on the expression itself, and GitHub an empty text.
    const line = outputs.baton?.startsWith('${{') ? '' : outputs.baton;
    const baton = line ? readBaton(job, line) : undefined;
    return { job, result, ...(baton && { baton }) };
  });
}

function readBaton(job: string, line: string): Baton {
  if (line.length > longestBaton) throw refused(`the baton of job ${job} is too large`);
  const parsed = parseJson(`the baton of job ${job}`, line);
  const version = (parsed as { version?: unknown } | null)?.version;
  if (version !== 1) {
    throw refused(
      `the baton of job ${job} has version ${JSON.stringify(version)}; this action reads version 1`,
    );
  }
  const result = v.safeParse(batonSchema, parsed);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refused(
    `the baton of job ${job} is not as it was written: ${issue.message} at ${v.getDotPath(issue) ?? 'its top'}`,
  );
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
