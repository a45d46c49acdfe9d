import { ExpectedFailure } from '../errors.ts';
import { hostNameOf, isLoopback } from '../network/address.ts';

/** A DagsHub repository with the credentials for it. */
export interface DagsHub {
  /** `https://dagshub.com`, or where DAGSHUB_CLIENT_HOST points. */
  readonly host: string;
  readonly owner: string;
  readonly repo: string;
  readonly user: string;
  readonly token: string;
}

/**
 * DagsHub as the environment describes it, undefined without credentials. The repository comes from
 * DAGSHUB_REPO, else from MLFLOW_TRACKING_URI where that is DagsHub's, else from the Git remote's
 * address, which on another host is that of the repository that DagsHub mirrors. Throws 'credentials'
 * when only one half of the credentials is set or no repository can be found.
 */
export function dagsHubOf(env: NodeJS.ProcessEnv, gitRemote?: string): DagsHub | undefined {
  const user = env.DAGSHUB_USER_NAME;
  const token = env.DAGSHUB_TOKEN ?? env.DAGSHUB_USER_TOKEN;
  if (!user && !token) return undefined;
  if (!user || !token) {
    throw new ExpectedFailure({
      kind: 'credentials',
      cause: user
        ? 'DAGSHUB_USER_NAME is set, but DAGSHUB_TOKEN is not'
        : 'DAGSHUB_TOKEN is set, but DAGSHUB_USER_NAME is not',
      hint: `Set both ${whereSet(env)}, or neither to work without DagsHub.`,
    });
  }
  const host = hostOf(env);
  const name =
    namedRepository(env.DAGSHUB_REPO, host) ??
    repositoryAt(env.MLFLOW_TRACKING_URI, host) ??
    repositoryAt(gitRemote, host) ??
    repositoryName(gitRemote);
  if (!name) {
    throw new ExpectedFailure({
      kind: 'credentials',
      cause: 'DagsHub credentials are set, but not the repository that they are for',
      hint: `Set DAGSHUB_REPO=OWNER/NAME ${whereSet(env)}: the repository that is yours on DagsHub.`,
    });
  }
  return { host, ...name, user, token };
}

function whereSet(env: NodeJS.ProcessEnv): string {
  return env.GITHUB_ACTIONS === 'true'
    ? 'among the secrets and variables of the GitHub repository, which setup-dvc is given'
    : 'in .env (make setup-env asks for them)';
}

/**
 * The address of DagsHub: what DAGSHUB_CLIENT_HOST says, else the public one. Throws 'credentials'
 * for one that would send the token in clear text over a network.
 */
export function hostOf(env: NodeJS.ProcessEnv): string {
  const host = (env.DAGSHUB_CLIENT_HOST ?? 'https://dagshub.com').replace(/\/+$/, '');
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(host))) return host;
  const isPlain = url?.protocol === 'http:';
  throw new ExpectedFailure({
    kind: 'credentials',
    cause: isPlain
      ? `DAGSHUB_CLIENT_HOST is ${host}: over http anybody on the way could read the token`
      : `DAGSHUB_CLIENT_HOST is ${JSON.stringify(host)}, which is no address`,
    hint: `Set DAGSHUB_CLIENT_HOST=${isPlain ? host.replace(/^http:/i, 'https:') : 'https://dagshub.example.org'}, or unset it for https://dagshub.com.`,
  });
}

/**
 * Owner and name in `OWNER/NAME` or in the address of a Git repository (https, ssh, `git@host:path`).
 * The name is whole, dots and all: only `.git` is no part of it. Undefined for a path on this machine.
 */
export function repositoryName(
  text: string | undefined,
): { owner: string; repo: string } | undefined {
  const path = pathOf(text ?? '');
  const [, owner, repo] = /(?:^|\/)([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(path ?? '') ?? [];
  return owner && repo && isName(owner) && isName(repo) ? { owner, repo } : undefined;
}

/** What follows the host of an address; all of `OWNER/NAME`. */
function pathOf(text: string): string | undefined {
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text;
  if (/^(?:https?|ssh|git):\/\//i.test(text) && URL.canParse(text)) return new URL(text).pathname;
  // As scp writes it: one host, one colon, and no slash before it.
  return /^(?:[^/@\s]+@)?[\w.-]{2,}:(?!\/\/)(.+)$/.exec(text)?.[1];
}

/** A path such as `../.` has no names. */
function isName(part: string): boolean {
  return /\w/.test(part);
}

/** `OWNER/NAME` as a person writes it, or the address of a page or service of DagsHub's. */
export function namedRepository(text: string | undefined, host: string) {
  return repositoryAt(text, host) ?? repositoryName(text);
}

/**
 * The repository that an address on DagsHub's own host is of: its page, Git, or one of the services
 * beside it (`NAME.mlflow`, `NAME.s3`, `NAME.dvc`). Undefined for every other address.
 */
export function repositoryAt(address: string | undefined, host: string) {
  if (hostNameOf(address) === undefined || hostNameOf(address) !== hostNameOf(host))
    return undefined;
  const [owner = '', name = ''] = new URL(address ?? '').pathname.split('/').filter(Boolean);
  const repo = name.replace(/\.(?:git|mlflow|s3|dvc)$/i, '');
  return isName(owner) && isName(repo) && /^[\w.-]+$/.test(owner + repo)
    ? { owner, repo }
    : undefined;
}

/** The repository's page. */
export function repositoryPage(dagsHub: DagsHub): string {
  return `${dagsHub.host}/${dagsHub.owner}/${dagsHub.repo}`;
}

export function mlflowUri(dagsHub: DagsHub): string {
  return `${repositoryPage(dagsHub)}.mlflow`;
}

export function s3Endpoint(dagsHub: DagsHub): string {
  return `${repositoryPage(dagsHub)}.s3`;
}
