import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { NotUnderstood } from './not-understood.ts';

/** How a mapping in `cmd` is written as options: the `parsing` section of DVC's configuration. */
export interface ParsingOptions {
  readonly bool: 'store_true' | 'boolean_optional';
  readonly list: 'nargs' | 'append';
}

/** What of DVC's configuration decides how a project is read. */
export interface DvcConfig {
  readonly parsing: ParsingOptions;
  /** Absolute path of the local cache, the folder that holds `files/md5`. */
  readonly cacheFolder: string;
  /** Whether git plays no part: `.gitignore` then hides nothing from DVC. */
  readonly noScm: boolean;
}

type Sections = Map<string, Map<string, string>>;

/**
 * DVC's configuration of a project: the system's, the user's, the project's and the local file, the
 * later overriding the earlier (dvc/config.py). Throws NotUnderstood for notation beyond
 * `key = value`.
 */
export function readDvcConfig(root: string, env: NodeJS.ProcessEnv = process.env): DvcConfig {
  const home = env.HOME || homedir();
  const system = env.DVC_SYSTEM_CONFIG_DIR || '/etc/xdg/dvc';
  const user =
    env.DVC_GLOBAL_CONFIG_DIR || join(env.XDG_CONFIG_HOME || join(home, '.config'), 'dvc');
  const settings = new Map<string, string>();
  for (const file of [
    join(system, 'config'),
    join(user, 'config'),
    join(root, '.dvc/config'),
    join(root, '.dvc/config.local'),
  ]) {
    for (const [section, entries] of readConfigSections(file)) {
      for (const [key, value] of entries) {
        const name = `${section}.${key}`;
        settings.set(name, name === 'cache.dir' ? cachePath(file, value, home) : value);
      }
    }
  }
  for (const name of settings.keys()) {
    if (name.startsWith('cache.') && obsoleteCaches.has(name.slice(6))) {
      throw new NotUnderstood(`the setting ${name} of DVC's configuration`);
    }
  }
  return {
    parsing: {
      bool: oneOf(settings, 'parsing.bool', ['store_true', 'boolean_optional']),
      list: oneOf(settings, 'parsing.list', ['nargs', 'append']),
    },
    cacheFolder: settings.get('cache.dir') ?? join(root, '.dvc/cache'),
    noScm: settings.get('core.no_scm')?.toLowerCase() === 'true',
  };
}

/**
 * The remote that the project itself names as its default (`core.remote`), in .dvc/config or, over
 * it, in .dvc/config.local. Throws NotUnderstood like `readDvcConfig`.
 */
export function defaultRemote(root: string): string | undefined {
  return setting(root, 'core', 'remote');
}

/** The address of one of the project's remotes. Throws NotUnderstood like `readDvcConfig`. */
export function remoteUrl(root: string, name: string): string | undefined {
  return setting(root, `remote "${name.toLowerCase()}"`, 'url');
}

/** An option of the project's own files. */
function setting(root: string, section: string, option: string): string | undefined {
  const files = [join(root, '.dvc/config.local'), join(root, '.dvc/config')];
  for (const file of files) {
    const value = readConfigSections(file).get(section)?.get(option);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What DVC does where nothing is configured. */
export function standardConfig(root: string): DvcConfig {
  return {
    parsing: { bool: 'store_true', list: 'nargs' },
    cacheFolder: join(root, '.dvc/cache'),
    noScm: false,
  };
}

const obsoleteCaches = new Set(['local', 's3', 'gs', 'hdfs', 'webhdfs', 'ssh', 'azure']);

function oneOf<T extends string>(
  settings: ReadonlyMap<string, string>,
  name: string,
  [standard, ...others]: readonly [T, ...T[]],
): T {
  const value = settings.get(name)?.toLowerCase();
  if (value === undefined) return standard;
  const known = [standard, ...others].find((choice) => choice === value);
  if (known === undefined) throw new NotUnderstood(`${value} as ${name} of DVC's configuration`);
  return known;
}

/** A relative path counts from the file that names it. */
function cachePath(file: string, path: string, home: string): string {
  if (/^\w+:\/\//.test(path)) throw new NotUnderstood('a cache that is not a local folder');
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  if (path.startsWith('~')) throw new NotUnderstood('another user’s folder as cache');
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

/** A file of ConfigObj’s notation, as far as DVC itself writes it: options by section. Throws NotUnderstood. */
export function readConfigSections(file: string): Sections {
  const sections: Sections = new Map();
  let entries: Map<string, string> | undefined;
  for (const line of readLines(file)) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const section = /^\s*\[(?!\[)\s*(.*?)\s*\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (section !== undefined) {
      entries = new Map();
      sections.set(section.replace(/^(['"])(.*)\1$/, '$2').toLowerCase(), entries);
      continue;
    }
    const entry = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (entries === undefined || entry === null) {
      throw new NotUnderstood(`the line "${line.trim()}" of ${file}`);
    }
    entries.set((entry[1] ?? '').toLowerCase(), plainText(entry[2] ?? '', file));
  }
  return sections;
}

function plainText(text: string, file: string): string {
  const quoted = /^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/.exec(text);
  if (quoted && !/^(?:'''|""")/.test(text)) return quoted[1] ?? quoted[2] ?? '';
  if (/^['"]/.test(text)) throw new NotUnderstood(`the quoted value ${text} in ${file}`);
  return text.replace(/\s*#.*$/, '');
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new NotUnderstood(`${file}, which cannot be read (${code})`);
  }
}
