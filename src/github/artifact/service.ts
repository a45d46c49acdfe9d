import { httpFetch } from '../../network/http.ts';

/** What GitHub gives to a step of an action, and act with --artifact-server-path. */
export interface ArtifactService {
  readonly url: string;
  readonly token: string;
}

/** Undefined where artifacts cannot be kept: outside of a workflow, or under plain act. */
export function artifactService(env: NodeJS.ProcessEnv): ArtifactService | undefined {
  const { ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: token } = env;
  return url && token ? { url, token } : undefined;
}

/** Milliseconds after which a request counts as lost. */
export const timeout = 30_000;

/** Waits before the second and each later try, in milliseconds: as @actions/artifact, five in all. */
const waits = [1_000, 3_000, 5_000, 8_000];

/** An answer that may be another one in a moment. */
class Passing extends Error {}

/** An answer that stays what it is. */
export class Refusal extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/**
 * Does something with the service that a second try may mend: no answer, an overload, a fault of the
 * server. Rejects with the last error, or with the first that a second try would not mend. What `act`
 * is for may have been done although no answer came: it is told which attempt it is, from 1 on.
 */
export async function patiently<T>(
  act: (attempt: number) => Promise<T>,
  delays: readonly number[] = waits,
): Promise<T> {
  for (const [index, wait] of delays.entries()) {
    try {
      return await act(index + 1);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return act(delays.length + 1);
}

/** fetch() rejects with a TypeError when no answer comes, and with a TimeoutError when it is late. */
function isPassing(error: unknown): boolean {
  const { name } = error as Error;
  return error instanceof Passing || name === 'TypeError' || name === 'TimeoutError';
}

/** Throws unless the answer is a good one; `what` was asked. */
export function requireGood(what: string, { ok, status }: Response): void {
  if (ok) return;
  const message = `${what} was answered with ${status}`;
  throw status >= 500 || status === 429 ? new Passing(message) : new Refusal(message, status);
}

/** Calls a method of the service (Twirp, protocol version 4 of artifacts). */
export async function callService(
  { url, token }: ArtifactService,
  method: string,
  body: object,
): Promise<Record<string, unknown>> {
  const path = `twirp/github.actions.results.api.v1.ArtifactService/${method}`;
  const answer = await httpFetch(new URL(path, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
  const text = await answer.text();
  requireGood(method, answer);
  const content = objectIn(text);
  if (content === undefined)
    throw new Passing(`${method} was answered with what is no JSON object`);
  return content;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The run and the job, from the scope `Actions.Results:RUN:JOB` of the token. */
export function backendIds(token: string): Record<string, string> {
  const claims = objectIn(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const scope = / ?Actions\.Results:([^: ]+):([^: ]+)/.exec(String(claims?.scp));
  if (!scope?.[1] || !scope[2]) throw new Error('the token names no run to keep artifacts of');
  return { workflow_run_backend_id: scope[1], workflow_job_run_backend_id: scope[2] };
}
