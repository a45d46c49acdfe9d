import { join } from 'node:path';
import { homeOf } from '../dvc/config/files.ts';
import { filesNamed, followRemote, projectRemotes } from '../dvc/config/project-remotes.ts';
import { isUrl } from '../dvc/paths.ts';
import type { Stage } from '../dvc/pipeline.ts';
import { ExpectedFailure, type Failure, type Place } from '../errors.ts';
import { withoutCredentials } from '../network/address.ts';
import { placeInEnvFile } from '../project/env-file/place.ts';
import type { Project } from '../project/project.ts';
import { contains } from '../system/contains.ts';
import { credentialsSetting, namedCredentials, requireCredentials } from './credentials.ts';
import { kindOf, kindsSetting, namedKinds, supportedText } from './kinds.ts';
import type { Remote } from './remote.ts';

/**
 * Why DVC in the dvc-runner could not use this remote as things are set: a kind that the image lacks, or
 * credentials that it is not given. Undefined where nothing is known against it. Nothing is asked or
 * built for the answer. Throws 'configuration' for what the two settings themselves say wrong.
 */
export function remoteTrouble(
  { root, folders }: Pick<Project, 'root' | 'folders'>,
  remote: Remote,
  env: NodeJS.ProcessEnv,
): Failure | undefined {
  if (remote.kind === 'folder') return undefined;
  requireCredentials(root, env);
  if (remote.kind === 'address') {
    const { url = '' } = remote.options;
    return kindTrouble(url, 'DVC_REMOTE_URL is', placeInEnvFile(root, 'DVC_REMOTE_URL'), root, env);
  }
  const found = followRemote(projectRemotes(root), remote.name);
  if (found === undefined) return undefined;
  const { url, options } = found;
  const what = `the remote ${remote.name} is`;
  const kind = kindTrouble(url.text, what, url.place, root, env);
  if (kind !== undefined) return kind;
  const command = options.get('bearer_token_command');
  if (command !== undefined) return commandTrouble(remote.name, command.place);
  const { paths = [], variables = {} } = namedCredentials(root, env) ?? {};
  const given = (path: string) => [...paths, ...folders].some((each) => contains(each, path));
  for (const [option, { path, place }] of filesNamed(root, options, env)) {
    if (given(path)) continue;
    return notGiven(`the remote ${remote.name} has ${option} = ${path}`, path, place, env);
  }
  const profile = options.get('profile');
  const isProfileGiven =
    'AWS_SHARED_CREDENTIALS_FILE' in variables ||
    'AWS_CONFIG_FILE' in variables ||
    ['configpath', 'credentialpath'].some((option) => options.has(option)) ||
    ['config', 'credentials'].some((name) => given(join(homeOf(env), '.aws', name)));
  if (profile !== undefined && kindOf(url.text) === 'standard' && !isProfileGiven) {
    const said = `the remote ${remote.name} has profile = ${profile.text}`;
    return notGiven(said, '~/.aws', profile.place, env);
  }
  return undefined;
}

/** Throws what `remoteTrouble` finds. */
export function requireUsable(
  project: Pick<Project, 'root' | 'folders'>,
  remote: Remote,
  env: NodeJS.ProcessEnv,
): void {
  const trouble = remoteTrouble(project, remote, env);
  if (trouble !== undefined) throw new ExpectedFailure(trouble);
}

/** The first dep of these stages at an address that DVC in the dvc-runner could not look at. */
export function depTrouble(
  root: string,
  stages: readonly Pick<Stage, 'name' | 'file' | 'line' | 'deps'>[],
  env: NodeJS.ProcessEnv,
): Failure | undefined {
  const remotes = projectRemotes(root);
  for (const { name, file, line, deps } of stages) {
    for (const path of deps.filter(isUrl)) {
      const named = /^remote:\/\/([^/]+)/i.exec(path)?.[1];
      const url = named === undefined ? path : followRemote(remotes, named)?.url.text;
      if (url === undefined) continue;
      const what = `stage ${name} depends on ${withoutCredentials(path)}, which is`;
      const trouble = kindTrouble(url, what, { file, line }, root, env);
      if (trouble !== undefined) return trouble;
    }
  }
  return undefined;
}

function kindTrouble(
  url: string,
  what: string,
  place: Place | undefined,
  root: string,
  env: NodeJS.ProcessEnv,
): Failure | undefined {
  const kind = kindOf(url);
  const named = namedKinds(env, placeInEnvFile(root, kindsSetting));
  if (kind === 'standard' || named.some((each) => each === kind)) return undefined;
  const where = withoutCredentials(url);
  if (kind === 'unknown') {
    return {
      kind: 'configuration',
      cause: `${what} at ${where}, and DVC has no remote of that kind`,
      hint: `Name one that it has: ${supportedText}.`,
      ...(place && { place }),
    };
  }
  const setting = [...named, kind].sort().join(',');
  return {
    kind: 'configuration',
    cause: `${what} at ${where}, and remotes of the kind ${kind} are not in the dvc-runner`,
    hint: `To have it, ${settingHint(kindsSetting, setting, env)}; the image is then made with what DVC needs for it.`,
    ...(place && { place }),
  };
}

function notGiven(said: string, word: string, place: Place, env: NodeJS.ProcessEnv): Failure {
  const before = env[credentialsSetting];
  const setting = before ? `${before},${word}` : word;
  return {
    kind: 'configuration',
    cause: `${said}, which DVC’s container is not given`,
    hint: `If this project’s remote may use it: ${settingHint(credentialsSetting, setting, env)}.`,
    place,
  };
}

function commandTrouble(name: string, place: Place): Failure {
  return {
    kind: 'configuration',
    cause: `the remote ${name} has a bearer_token_command, which would run beside the engine’s socket`,
    hint: 'Take it out, and give the token itself: dvc remote modify --local NAME token TOKEN.',
    place,
  };
}

function settingHint(name: string, value: string, env: NodeJS.ProcessEnv): string {
  return env.GITHUB_ACTIONS === 'true'
    ? `write ${name}: ${value} under env: of the workflow`
    : `write ${name}=${value} in .env`;
}
