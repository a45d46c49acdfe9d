import * as v from 'valibot';
import { ExpectedFailure } from '../errors.ts';
import { httpFetch } from '../network/http.ts';
import { whyNoAnswer } from '../network/why-no-answer.ts';
import { type DagsHub, hostOf } from './dagshub.ts';

/** Milliseconds that DagsHub's API may take to answer. */
const deadline = 20_000;

/**
 * Asks DagsHub whether the token is valid, belongs to the user, and sees the repository. Throws
 * 'credentials' with the remedy, or 'remote' when DagsHub does not answer.
 */
export async function checkCredentials(dagsHub: DagsHub): Promise<void> {
  await checkUser(dagsHub);
  await checkRepository(dagsHub);
}

/** Asks whether the token is valid and the user's own. Throws like `checkCredentials`. */
export async function checkUser(dagsHub: DagsHub): Promise<void> {
  const user = await call(dagsHub, 'GET', '/user');
  if (user.status === 401 || user.status === 403) {
    throw new ExpectedFailure({
      kind: 'credentials',
      cause: `${dagsHub.host} does not accept the token of user ${dagsHub.user} (HTTP ${user.status})`,
      hint: `Make a new token at ${dagsHub.host}/user/settings/tokens and put it into DAGSHUB_TOKEN.`,
    });
  }
  refuseOther(dagsHub, user, 'the user');
  const found = await contentOf(dagsHub, user, userSchema);
  const name = found.username ?? found.login;
  if (name != null && name.toLowerCase() !== dagsHub.user.toLowerCase()) {
    throw new ExpectedFailure({
      kind: 'credentials',
      cause: `the token belongs to ${name}, not to ${dagsHub.user}`,
      hint: `Set DAGSHUB_USER_NAME=${name}, or use a token of ${dagsHub.user}.`,
    });
  }
}

/** What DagsHub says of a repository to the user. */
export interface DagsHubRepository {
  /** Undefined where DagsHub does not tell. */
  readonly mayPush: boolean | undefined;
}

/** Asks whether the user sees the repository, and may write to it. Throws like `checkCredentials`. */
export async function checkRepository(dagsHub: DagsHub): Promise<DagsHubRepository> {
  const repo = await call(dagsHub, 'GET', `/repos/${dagsHub.owner}/${dagsHub.repo}`);
  if (repo.status === 404 || repo.status === 403) {
    throw new ExpectedFailure({
      kind: 'credentials',
      cause: `user ${dagsHub.user} sees no repository ${dagsHub.owner}/${dagsHub.repo} on ${dagsHub.host} (HTTP ${repo.status})`,
      hint: 'Check the name in DAGSHUB_REPO or MLFLOW_TRACKING_URI, or ask its owner for access.',
    });
  }
  refuseOther(dagsHub, repo, 'the repository');
  const { permissions } = await contentOf(dagsHub, repo, repositorySchema);
  return { mayPush: permissions?.push ?? undefined };
}

function refuseOther(dagsHub: DagsHub, answer: Response, what: string): void {
  if (answer.ok) return;
  throw new ExpectedFailure({
    kind: 'remote',
    cause: `${dagsHub.host} answered HTTP ${answer.status} when asked for ${what}`,
    hint: 'Try again in a few minutes; https://status.dagshub.com tells of trouble there.',
  });
}

const name = v.nullish(v.pipe(v.string(), v.maxLength(200)));
const userSchema = v.object({ username: name, login: name });
const repositorySchema = v.object({
  permissions: v.nullish(v.object({ push: v.nullish(v.boolean()) })),
});

/** Any server may answer 200; DagsHub's API answers an object with what the schema says. */
async function contentOf<Schema extends v.GenericSchema>(
  { host }: DagsHub,
  answer: Response,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const json: unknown = await answer.json().catch((error: Error) => {
    if (error.name === 'TimeoutError') throw unanswered(host, error, deadline);
    return undefined;
  });
  const content = v.safeParse(schema, json);
  if (content.success) return content.output;
  throw new ExpectedFailure({
    kind: 'remote',
    cause: `${host} does not answer as DagsHub does`,
    hint: 'Check DAGSHUB_CLIENT_HOST: https://dagshub.com, or the address of a DagsHub of your own.',
  });
}

async function call(
  dagsHub: DagsHub,
  method: string,
  path: string,
  limit = deadline,
): Promise<Response> {
  const credentials = Buffer.from(`${dagsHub.user}:${dagsHub.token}`).toString('base64');
  try {
    return await httpFetch(`${dagsHub.host}/api/v1${path}`, {
      method,
      headers: { authorization: `Basic ${credentials}` },
      signal: AbortSignal.timeout(limit),
      redirect: 'error',
    });
  } catch (error) {
    throw unanswered(dagsHub.host, error, limit);
  }
}

function unanswered(host: string, error: unknown, limit: number): ExpectedFailure {
  const isOwn = host !== hostOf({});
  const hint = `Check the network${isOwn ? ', and DAGSHUB_CLIENT_HOST' : ''}.`;
  const cause = `${host} ${whyNoAnswer(error, limit)}`;
  return new ExpectedFailure({ kind: 'remote', cause, hint }, { cause: error });
}

/** What became of a request to sync the mirror, in words. */
export interface MirrorSync {
  readonly isAsked: boolean;
  readonly text: string;
}

/**
 * Asks DagsHub to fetch the connected repository now. It never throws: the push before it is done,
 * and DagsHub fetches once a day by itself.
 */
export async function syncMirror(dagsHub: DagsHub, limit = deadline): Promise<MirrorSync> {
  const name = `${dagsHub.owner}/${dagsHub.repo}`;
  const refused = (why: string): MirrorSync => ({
    isAsked: false,
    text: `DagsHub did not sync ${name}: ${why}`,
  });
  try {
    const { status } = await call(dagsHub, 'POST', `/repos/${name}/mirror-sync`, limit);
    if (status >= 200 && status < 300) return { isAsked: true, text: `DagsHub syncs ${name}` };
    return refused(whyNotSynced(dagsHub, status));
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    return refused(`${error.failure.cause}; ${bySelf}`);
  }
}

const bySelf = 'it syncs by itself within a day';

function whyNotSynced({ host, user }: DagsHub, status: number): string {
  switch (status) {
    case 401:
      return `it does not accept the token of user ${user} (HTTP 401); make a new one at ${host}/user/settings/tokens`;
    case 403:
      return `user ${user} may not write to it (HTTP 403); ask its owner for access`;
    case 404:
      return 'there is no such repository that is connected to one elsewhere (HTTP 404); connect it, or push to DagsHub itself: docs/DAGSHUB_SETUP.md';
    case 429:
      return `too many requests (HTTP 429); ${bySelf}`;
    default:
      return `it has trouble of its own (HTTP ${status}); ${bySelf}`;
  }
}
