import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** The commit of a change that is not part of a branch yet. */
export interface UnmergedRevision {
  /** `OWNER/NAME` of the repository that the commit is of; empty where GitHub does not tell. */
  readonly repository: string;
  /** Empty where GitHub does not tell. */
  readonly commit: string;
}

const text = v.nullish(v.string(), '');
const repository = v.nullish(v.looseObject({ full_name: text }));
const payloadSchema = v.looseObject({
  pull_request: v.nullish(v.looseObject({ head: v.looseObject({ sha: text, repo: repository }) })),
  merge_group: v.nullish(v.looseObject({ head_sha: text })),
  workflow_run: v.nullish(
    v.looseObject({ event: text, head_sha: text, head_repository: repository }),
  ),
});

/**
 * What this process works on if that is a pull request or a merge group, by the event of its job
 * (GITHUB_EVENT_NAME, GITHUB_EVENT_PATH); null on a branch, and outside GitHub. Whoever wants to know
 * must not fail for it: an event of a pull request that cannot be read is one of which nothing is known.
 */
export function unmergedRevision(env: NodeJS.ProcessEnv): UnmergedRevision | null {
  const event = env.GITHUB_EVENT_NAME;
  if (!event) return null;
  const payload = readPayload(env.GITHUB_EVENT_PATH);
  const { pull_request: pull, merge_group: group, workflow_run: ended } = payload;
  if (pull) return { repository: pull.head.repo?.full_name ?? '', commit: pull.head.sha };
  if (group) return { repository: env.GITHUB_REPOSITORY ?? '', commit: group.head_sha };
  if (ended && /^pull_request|^merge_group$/.test(ended.event)) {
    return { repository: ended.head_repository?.full_name ?? '', commit: ended.head_sha };
  }
  return /^pull_request|^merge_group$/.test(event) ? { repository: '', commit: '' } : null;
}

function readPayload(path: string | undefined): v.InferOutput<typeof payloadSchema> {
  try {
    return v.parse(payloadSchema, JSON.parse(readFileSync(path ?? '', 'utf8')));
  } catch {
    return {} as v.InferOutput<typeof payloadSchema>;
  }
}
