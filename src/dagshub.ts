import { isLoopback } from './address.ts';
import { ExpectedFailure } from './errors.ts';

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
 * DAGSHUB_REPO, else from MLFLOW_TRACKING_URI, else from the Git remote's address. Throws
 * 'credentials' when only one half of the credentials is set or no repository can be found.
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
      hint: 'Set both in .env (make setup-env asks for them), or neither to work without DagsHub.',
    });
  }
  const host = hostOf(env);
  const name =
    repositoryName(env.DAGSHUB_REPO) ??
    repositoryName(env.MLFLOW_TRACKING_URI) ??
    repositoryName(gitRemote);
  if (!name) {
    throw new ExpectedFailure({
      kind: 'credentials',
      cause: 'DagsHub credentials are set, but not the repository that they are for',
      hint: 'Set DAGSHUB_REPO=OWNER/NAME, or MLFLOW_TRACKING_URI=https://dagshub.com/OWNER/NAME.mlflow.',
    });
  }
  return { host, ...name, user, token };
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

/** Owner and name at the end of `OWNER/NAME`, an https address or an ssh address. */
export function repositoryName(
  text: string | undefined,
): { owner: string; repo: string } | undefined {
  const match = /(?:^|[/:])([\w.-]+)\/([\w.-]+?)(?:\.(?:git|mlflow|s3|dvc))?\/?$/.exec(text ?? '');
  const [, owner, repo] = match ?? [];
  // A path such as `../.` has no names.
  return owner && repo && /\w/.test(owner) && /\w/.test(repo) ? { owner, repo } : undefined;
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
