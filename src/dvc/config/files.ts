import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readWhole } from '../../system/read-whole.ts';
import { NotUnderstood } from '../../text/not-understood.ts';

/** DVC's configuration files, the later overriding the earlier (dvc/config.py, LEVELS). */
export interface ConfigFiles {
  readonly system: string;
  readonly global: string;
  readonly repo: string;
  readonly local: string;
}

/** Where DVC looks for each level's file (dvc/dirs.py; the folders are those of platformdirs). */
export function configFiles(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): ConfigFiles {
  const isMac = platform === 'darwin';
  const support = 'Library/Application Support/dvc';
  const [firstSite] = (env.XDG_CONFIG_DIRS ?? '').split(':').filter((path) => path.trim() !== '');
  const site = isMac ? join('/', support) : join(expandHome(firstSite ?? '/etc/xdg', env), 'dvc');
  const own = env.XDG_CONFIG_HOME?.trim()
    ? join(expandHome(env.XDG_CONFIG_HOME, env), 'dvc')
    : join(homeOf(env), isMac ? support : '.config/dvc');
  return {
    system: join(env.DVC_SYSTEM_CONFIG_DIR || site, 'config'),
    global: join(env.DVC_GLOBAL_CONFIG_DIR || own, 'config'),
    repo: join(root, '.dvc/config'),
    local: join(root, '.dvc/config.local'),
  };
}

export function homeOf(env: NodeJS.ProcessEnv): string {
  return env.HOME || homedir();
}

/**
 * A path as DVC takes it from a configuration file (dvc/config.py, _resolve): `~` is a home folder,
 * a relative path counts from the folder of the file. Throws NotUnderstood for a user who is not in
 * /etc/passwd.
 */
export function configuredPath(file: string, path: string, env: NodeJS.ProcessEnv): string {
  if (isAbsolute(path)) return path;
  const expanded = expandHome(path, env);
  return isAbsolute(expanded) ? expanded : resolve(dirname(file), path);
}

/** Python's os.path.expanduser: a name that nobody has stays as it is written. */
export function expandHome(path: string, env: NodeJS.ProcessEnv): string {
  const [, user, rest] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined || rest === undefined) return path;
  const home = user === '' ? homeOf(env) : homeOfUser(user);
  return home === undefined ? path : `${home.replace(/\/+$/, '')}${rest}` || '/';
}

function homeOfUser(user: string): string | undefined {
  let table: string;
  try {
    table = readWhole('/etc/passwd').toString('utf8');
  } catch {
    throw new NotUnderstood(`the home folder of ${user}`);
  }
  const line = table.split('\n').find((each) => each.startsWith(`${user}:`));
  return line?.split(':')[5];
}
