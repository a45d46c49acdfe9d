import type { GitHubRequest } from './request.ts';

/** Milliseconds; the answer is only useful. */
const timeout = 10_000;

/**
 * The login that a token writes as, by GitHub's own word; undefined where it does not say. GraphQL's
 * viewer answers for tokens of a person and of an App alike (`app-slug[bot]`); `GET /user`, which is
 * refused for an App's, is for servers without GraphQL.
 */
export async function ownLogin(request: GitHubRequest): Promise<string | undefined> {
  const query = { query: '{ viewer { login } }' };
  const viewer = (await answered(request, 'POST /graphql', query)) as {
    data?: { viewer?: { login?: unknown } | null } | null;
  } | null;
  return loginIn(viewer?.data?.viewer) ?? loginIn(await answered(request, 'GET /user', {}));
}

/** The login in what GitHub says of an account: it is null for one that was deleted. */
export function loginIn(account: unknown): string | undefined {
  const { login } = Object(account) as { login?: unknown };
  return typeof login === 'string' && login !== '' ? login : undefined;
}

async function answered(
  request: GitHubRequest,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(timeout);
    return (await request(route, { ...parameters, request: { signal } })).data;
  } catch (error) {
    if (typeof (error as { status?: unknown }).status === 'number') return undefined;
    throw error;
  }
}
