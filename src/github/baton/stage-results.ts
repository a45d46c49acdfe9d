import * as v from 'valibot';
import { handOverVersion, outcomes, parseHandedOver } from './baton.ts';

/** Bytes that the uncached outs of a stage may have together to travel from job to job. */
export const largestUncached = 64_000_000;

/** Bytes that a stage's cached metrics and plots may have together to be shown by the report. */
export const largestShown = 32_000_000;

/** Bytes of a stage's results: Base64 and JSON's escapes make more of them. */
export const largestResults = 256_000_000;

export const longestReason = 10_000;

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
/** Linux takes no longer one, in bytes. */
const longestPath = 4096;

/** A path below the project, in the one way to write it; DVC writes no other. */
const path = v.pipe(
  text(longestPath),
  v.check((value) => Buffer.byteLength(value) <= longestPath, 'a path that is too long'),
  v.check((value) => !value.includes('\0'), 'a path with a null byte'),
  v.check((value) => {
    const names = value.split('/');
    return names.every((name) => !['', '.', '..'].includes(name));
  }, 'a path outside the project, or not in its shortest form'),
);

/** Whether one of the paths is a folder to another one: no file can be both. */
function oneHoldsAnother(paths: readonly string[]): boolean {
  const all = new Set(paths);
  return paths.some((each) => {
    for (let end = each.lastIndexOf('/'); end > 0; end = each.lastIndexOf('/', end - 1)) {
      if (all.has(each.slice(0, end))) return true;
    }
    return false;
  });
}

const noneTwice = <Item extends { readonly path: string }>(items: readonly Item[]) =>
  new Set(items.map((item) => item.path)).size === items.length &&
  !oneHoldsAnother(items.map((item) => item.path));

const url = v.pipe(text(2_000), v.regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i, 'no address'));

/** A file's content, as text where that is shorter. */
const fileSchema = v.union([
  v.strictObject({ text: v.string(), executable: v.optional(v.literal(true)) }),
  v.strictObject({
    base64: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/, 'no Base64')),
    executable: v.optional(v.literal(true)),
  }),
]);

/** Values by path. Not valibot's record: it leaves out `constructor` and the like, which files may be called. */
function byPath<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(
    v.custom<Record<string, v.InferOutput<Schema>>>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      'no values by path',
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      for (const [key, value] of Object.entries(dataset.typed ? dataset.value : {})) {
        const wrong = v.safeParse(path, key).issues ?? v.safeParse(schema, value).issues;
        if (wrong) addIssue({ message: wrong[0].message });
      }
      if (dataset.typed && oneHoldsAnother(Object.keys(dataset.value))) {
        addIssue({ message: 'a name that is a file and a folder' });
      }
    }),
  );
}

/** An out that DVC does not cache. */
const uncachedSchema = v.union([
  v.strictObject({ path, file: fileSchema }),
  /** Its files by their paths below the folder. */
  v.strictObject({ path, folder: byPath(fileSchema) }),
]);

/** What one stage job tells the jobs after it. */
const resultsSchema = v.strictObject({
  version: v.literal(handOverVersion),
  stage: text(4096),
  outcome: v.picklist(outcomes),
  /** Why the stage ran or did not, in a person's words. */
  reason: text(longestReason),
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
  /** The stage's own entry, and the dvc.lock file that it belongs to; absent if it never ran. */
  lock: v.optional(v.strictObject({ file: path, entry: v.string() })),
  uncached: v.pipe(v.array(uncachedSchema), v.check(noneTwice, 'a path that is there twice')),
  /** Uncached outs that are too much to travel; none that the commit has as they are. */
  left: v.optional(v.array(v.strictObject({ path, bytes: v.number() }))),
  /** The overrides of params that the stage ran with, and its params files with them. */
  overridden: v.optional(
    v.strictObject({
      overrides: v.array(v.string()),
      files: v.pipe(
        v.array(v.strictObject({ path, text: v.string() })),
        v.check(noneTwice, 'a path that is there twice'),
      ),
    }),
  ),
  /** Text of metrics and plots that DVC caches: only shown, never put into a workspace. */
  shown: v.optional(byPath(v.string())),
});

export type StageResults = v.InferOutput<typeof resultsSchema>;
export type Overridden = NonNullable<StageResults['overridden']>;
export type UncachedOut = StageResults['uncached'][number];
export type CarriedFile = v.InferOutput<typeof fileSchema>;

/** A job that another one waited for, with what it found if it came so far. */
export interface NeededStage {
  readonly job: string;
  readonly result: string;
  readonly results?: StageResults;
}

export function writeResults(results: StageResults): string {
  return JSON.stringify(v.parse(resultsSchema, results));
}

/** Throws 'usage' for what is not the results of a stage job of this version. */
export function readResults(job: string, written: string): StageResults {
  return parseHandedOver(resultsSchema, `what job ${job} found`, written);
}
