import type { EnsuredImage } from '../../container/image/image.ts';
import { proxyVariables } from '../../network/proxies.ts';
import { hostCertificates } from '../../network/trusted-certificates.ts';
import { packFiles } from '../../remote/credentials.ts';
import { type Remote, remoteConfig } from '../../remote/remote.ts';
import type { RunCachePlace } from '../cache/place.ts';

/** What is the same for all stages of a run, for `sibling stage`. */
export interface RunFacts {
  /** By stage address. */
  readonly images: Readonly<Record<string, Pick<EnsuredImage, 'reference' | 'id' | 'base'>>>;
  /** See runContext. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** What is handed over in files, by the variable that names each to the processes in the runner. */
const handedFiles = {
  SIBLING_DVC_CONFIG_FILE: 'dvc-config.json',
  SIBLING_DVC_ARGUMENTS_FILE: 'dvc-arguments.json',
  SIBLING_STAGE_ENV_FILE: 'stage-env.json',
  SIBLING_RUN_FILE: 'run.json',
  SIBLING_EVENTS_FILE: 'events.json',
  SIBLING_NETWORK_ENV_FILE: 'network-env.json',
  SIBLING_CERTIFICATES_FILE: 'certificates.json',
  SIBLING_REMOTE_CREDENTIALS_FILE: 'remote-credentials.json',
  SIBLING_RUN_CACHE_FILE: 'run-cache.json',
} as const;

/** Where DVC has the folders that are remotes. */
export interface RemoteFolders {
  /** The chosen remote, if that is a folder. */
  readonly chosen: string;
  /** Those that outs name, by the remote's name. */
  readonly ofOuts: Readonly<Record<string, string>>;
}

type HandedOver = Readonly<Record<keyof typeof handedFiles, unknown>>;

interface ToHandOver {
  readonly remote: Remote;
  readonly stageEnv: Readonly<Record<string, string>>;
  readonly facts?: RunFacts;
  readonly runCache?: RunCachePlace;
  /** See RunnerRequest. */
  readonly events?: string;
}

/**
 * Files rather than environment variables and arguments. Those, anybody who may inspect the container
 * could read: so the remote with its credentials for DVC, the stages' variables, the secret of events and
 * the proxies are none. `cache` is DVC's configuration of its cache. And they
 * cannot grow with the project: Linux takes 131,072 bytes in one.
 */
export function handedOver(
  { remote, stageEnv, facts, runCache, events = '' }: ToHandOver,
  folders: RemoteFolders,
  dvcArguments: readonly string[],
  cache?: object,
): HandedOver {
  return {
    SIBLING_DVC_CONFIG_FILE: {
      ...remoteConfig(remote, folders.chosen),
      // Where credentials come with the chosen one, no file of the repository names another.
      ...(remote.kind !== 'address' && { folders: folders.ofOuts }),
      ...(cache && { cache }),
    },
    SIBLING_DVC_ARGUMENTS_FILE: dvcArguments,
    SIBLING_STAGE_ENV_FILE: stageEnv,
    SIBLING_RUN_FILE: facts ?? {},
    SIBLING_EVENTS_FILE: events,
    // An address of a proxy may have a password in it.
    SIBLING_NETWORK_ENV_FILE: proxyVariables(process.env),
    // The image may be older than what this machine trusts now.
    SIBLING_CERTIFICATES_FILE: hostCertificates(process.env)?.toString() ?? '',
    SIBLING_REMOTE_CREDENTIALS_FILE: lentFiles(remote),
    SIBLING_RUN_CACHE_FILE: runCache ?? {},
  };
}

/** What of this machine the remote may use, for dvc-runner/remote/lent_credentials.py. */
function lentFiles(remote: Remote): object {
  const lent = remote.kind === 'folder' ? undefined : remote.lent;
  if (lent === undefined) return {};
  const { variables, home, agent } = lent;
  return {
    home,
    variables: { ...variables, ...(agent !== undefined && { SSH_AUTH_SOCK: agentInRunner }) },
    files: packFiles(lent),
  };
}

/** Where the dvc-runner has the socket of an SSH agent that is lent to it. */
export const agentInRunner = '/var/lib/sibling/ssh-agent.sock';

/** Their texts by file name. */
export function filesOf(handed: HandedOver): Record<string, string> {
  const variables = Object.keys(handedFiles) as (keyof HandedOver)[];
  return Object.fromEntries(
    variables.map((name) => [handedFiles[name], JSON.stringify(handed[name])]),
  );
}

/** The variables that name the files in `folder`. */
export function variablesOf(folder: string): Record<string, string> {
  const files = Object.entries(handedFiles);
  return Object.fromEntries(files.map(([name, file]) => [name, `${folder}/${file}`]));
}
