import { basename, isAbsolute, join, resolve } from 'node:path';
import { defaultRemote, remoteUrl } from '../dvc/config/dvc-config.ts';
import { expandHome, homeOf } from '../dvc/config/files.ts';
import { followRemote, projectRemotes } from '../dvc/config/project-remotes.ts';
import { isUrl } from '../dvc/paths.ts';
import { isLoopback } from '../network/address.ts';
import { type DagsHub, s3Endpoint } from '../servers/dagshub.ts';
import { NotUnderstood } from '../text/not-understood.ts';
import { namedCredentials, type RemoteCredentials } from './credentials.ts';

/** Where DVC pushes to and pulls from. */
export type Remote =
  /** A folder of this machine, which DVC's container is given: no account needed. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** DagsHub's S3, or any address that DVC_REMOTE_URL names. */
  | {
      readonly kind: 'address';
      readonly name: string;
      readonly options: Readonly<Record<string, string>>;
      readonly lent?: RemoteCredentials;
    }
  /** What the project's own .dvc/config says; of this machine's credentials it gets what is lent to it. */
  | {
      readonly kind: 'project';
      readonly name: string;
      /** Where its traffic goes, as far as that can be told. */
      readonly endpoint?: string;
      readonly lent?: RemoteCredentials;
    };

/** The remote that the environment asks for, most specific first. */
export function chooseRemote(
  root: string,
  projectId: string,
  env: NodeJS.ProcessEnv,
  dagsHub: DagsHub | undefined,
): Remote {
  const remote = remoteOf(root, projectId, env, dagsHub);
  const lent = namedCredentials(root, env);
  return remote.kind === 'folder' || lent === undefined ? remote : { ...remote, lent };
}

function remoteOf(
  root: string,
  projectId: string,
  env: NodeJS.ProcessEnv,
  dagsHub: DagsHub | undefined,
): Remote {
  if (env.DVC_REMOTE_URL) {
    if (!isUrl(env.DVC_REMOTE_URL)) {
      return { kind: 'folder', folder: folderNamed(root, env.DVC_REMOTE_URL, env) };
    }
    return {
      kind: 'address',
      name: env.DVC_REMOTE_URL,
      options: present({ url: env.DVC_REMOTE_URL, ...ownOptions(env.DVC_REMOTE_URL, env) }),
    };
  }
  if (dagsHub) {
    const endpoint = s3Endpoint(dagsHub);
    return {
      kind: 'address',
      name: endpoint,
      options: {
        url: 's3://dvc',
        endpointurl: endpoint,
        region: 'us-east-1',
        access_key_id: dagsHub.token,
        secret_access_key: dagsHub.token,
      },
    };
  }
  const own = projectRemote(root);
  if (own !== undefined) return own;
  const folder = env.SIBLING_LOCAL_REMOTE
    ? folderNamed(root, env.SIBLING_LOCAL_REMOTE, env)
    : join(dataHome(env), 'sibling/remotes', `${basename(root)}-${projectId}`);
  return { kind: 'folder', folder };
}

/** A folder that a setting names, which no shell has read: `~` is home, a relative one the project's. */
function folderNamed(root: string, text: string, env: NodeJS.ProcessEnv): string {
  return resolve(root, expandHome(text, env));
}

/** As the XDG Base Directory Specification has it: what is empty or relative says nothing. */
function dataHome(env: NodeJS.ProcessEnv): string {
  const { XDG_DATA_HOME: named } = env;
  return named && isAbsolute(named) ? named : join(homeOf(env), '.local/share');
}

/** What the environment says of the remote at `url` beside; of another kind an option would be wrong. */
function ownOptions(url: string, env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const scheme = url.slice(0, url.indexOf(':')).toLowerCase();
  if (scheme === 's3') {
    return {
      endpointurl: env.AWS_ENDPOINT_URL,
      region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
      access_key_id: env.AWS_ACCESS_KEY_ID,
      secret_access_key: env.AWS_SECRET_ACCESS_KEY,
      session_token: env.AWS_SESSION_TOKEN,
    };
  }
  const takesPassword = /^(?:ssh|webdavs?|webhdfs|https?)$/.test(scheme);
  const { DVC_REMOTE_USER: user, DVC_REMOTE_PASSWORD: password } = env;
  if (!takesPassword || !user) return {};
  return { user, password, ...(scheme.startsWith('http') && { auth: 'basic' }) };
}

/** The remote that the project names; where its configuration is beyond us, DVC is left to it. */
function projectRemote(root: string): Remote | undefined {
  try {
    const name = defaultRemote(root);
    if (name === undefined) return undefined;
    const url = remoteUrl(root, name);
    // DVC in its container would push into a folder of that name that goes with the container.
    return url !== undefined && !isUrl(url)
      ? { kind: 'folder', folder: url }
      : { kind: 'project', name, ...endpointOf(root, name) };
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'project', name: 'the remote' };
    throw error;
  }
}

function endpointOf(root: string, name: string): { readonly endpoint?: string } {
  const found = followRemote(projectRemotes(root), name);
  const written = (option: string) => found?.options.get(option)?.text;
  const inAzure = /(?:^|;)BlobEndpoint=([^;]+)/i.exec(written('connection_string') ?? '')?.[1];
  const endpoint = written('endpointurl') ?? inAzure ?? found?.url.text;
  return endpoint === undefined ? {} : { endpoint };
}

/**
 * The remote as DVC's configuration, to be laid over every configuration file; undefined leaves
 * DVC to its files.
 */
export function remoteConfig(remote: Remote, folderInRunner: string): object | undefined {
  switch (remote.kind) {
    case 'project':
      return undefined;
    case 'folder':
      return { core: { remote: 'sibling' }, remote: { sibling: { url: folderInRunner } } };
    case 'address':
      return { core: { remote: 'sibling' }, remote: { sibling: remote.options } };
  }
}

/** The address that a remote's traffic goes to; undefined for a folder, or where it cannot be told. */
export function remoteEndpoint(remote: Remote): string | undefined {
  switch (remote.kind) {
    case 'folder':
      return undefined;
    case 'address':
      return lentLoopback(remote) ?? remote.options.endpointurl ?? remote.options.url;
    case 'project':
      return lentLoopback(remote) ?? remote.endpoint;
  }
}

/** An address on this machine in a variable that is lent: an emulator of a cloud's storage. */
function lentLoopback({ lent }: { readonly lent?: RemoteCredentials }): string | undefined {
  const values = Object.values(lent?.variables ?? {});
  return values.flatMap((value) => value.match(/https?:\/\/[^;,\s]+/g) ?? []).find(isLoopback);
}

/** The remote in a person's words. */
export function remoteName(remote: Remote): string {
  switch (remote.kind) {
    case 'folder':
      return `the local folder ${remote.folder}`;
    case 'address':
      return remote.name;
    case 'project':
      return `${remote.name} of .dvc/config`;
  }
}

function present(options: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
