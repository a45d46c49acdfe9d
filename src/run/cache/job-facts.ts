import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { git } from '../../git/git.ts';
import { underAct } from '../../github/job/job.ts';
import { type Checkout, type JobFacts, type RunCachePlace, runCachePlace } from './place.ts';

/** As much of any event as says whose run this is; src/github/job/event.ts is who refuses an event. */
const text = v.fallback(v.optional(v.string()), undefined);
const repository = v.fallback(
  v.optional(v.object({ full_name: text, default_branch: text })),
  undefined,
);
const head = v.object({ sha: text, repo: repository });
const eventSchema = v.object({
  ref: text,
  before: text,
  repository,
  pull_request: v.fallback(
    v.optional(
      v.object({ number: v.fallback(v.optional(v.number()), undefined), head, base: head }),
    ),
    undefined,
  ),
  merge_group: v.fallback(v.optional(v.object({ head_sha: text })), undefined),
  commits: v.fallback(v.array(v.object({ id: v.string() })), []),
});

/** Where the results of a run in this environment belong; undefined outside a job. */
export async function placeOfRun(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<RunCachePlace | undefined> {
  if (!env.GITHUB_EVENT_NAME || underAct(env)) return undefined;
  return runCachePlace(jobFacts(env, await checkoutOf(root)));
}

/** What is not there, or cannot be read, is left out. */
export function jobFacts(env: NodeJS.ProcessEnv, checkout: Checkout | undefined): JobFacts {
  const payload = v.safeParse(eventSchema, readPayload(env.GITHUB_EVENT_PATH));
  const event: Partial<v.InferOutput<typeof eventSchema>> = payload.success ? payload.output : {};
  const { pull_request: pull, merge_group: group, repository: own } = event;
  const facts = {
    event: env.GITHUB_EVENT_NAME || undefined,
    ref: env.GITHUB_REF || event.ref,
    defaultBranch: own?.default_branch,
    commit: env.GITHUB_SHA,
    pull: pull?.number,
    head: pull?.head.sha ?? group?.head_sha,
    before: event.before,
    checkout,
  };
  return {
    ...present(facts),
    underAct: underAct(env),
    repository: `${env.GITHUB_SERVER_URL ?? ''}/${env.GITHUB_REPOSITORY ?? own?.full_name ?? ''}`,
    pushed: (event.commits ?? []).map(({ id }) => id),
    // Of a fork that was deleted there is no repository; a hand-written event may leave both out.
    fromFork: pull !== undefined && pull.head.repo?.full_name !== pull.base.repo?.full_name,
    takesMerged: env.SIBLING_MERGED_RESULTS !== 'off',
  };
}

/** From the commit's own text: where history was cut off, Git itself tells of no parents. */
async function checkoutOf(root: string): Promise<Checkout | undefined> {
  const commit = await git(root, 'rev-parse', 'HEAD');
  const said = commit ? await git(root, 'cat-file', 'commit', 'HEAD') : undefined;
  if (!commit || said === undefined) return undefined;
  const [header = ''] = said.split('\n\n', 1);
  const named = (name: string) =>
    [...header.matchAll(new RegExp(`^${name} ([0-9a-f]+)$`, 'gm'))].flatMap(([, sha]) => sha ?? []);
  const [tree] = named('tree');
  return tree === undefined ? undefined : { commit, tree, parents: named('parent') };
}

function readPayload(path: string | undefined): unknown {
  try {
    return path ? JSON.parse(readFileSync(path, 'utf8')) : {};
  } catch {
    return {};
  }
}

function present<T extends object>(facts: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as never;
}
