import { join } from 'node:path';
import { NotUnderstood } from '../../text/not-understood.ts';
import { configFiles, configuredPath } from './files.ts';
import { type ConfigValue, readConfigFile } from './text.ts';

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
  /** `cache.type`: how DVC makes files of the workspace from those of the cache, first choice first. */
  readonly linkTypes: readonly string[];
  /** Whether git plays no part: `.gitignore` then hides nothing from DVC. */
  readonly noScm: boolean;
}

/**
 * DVC's configuration of a project: the system's, the user's, the project's and the local file, the
 * later overriding the earlier (dvc/config.py). Throws NotUnderstood where what is asked for is in
 * notation that is not read here.
 */
export function readDvcConfig(root: string, env: NodeJS.ProcessEnv = process.env): DvcConfig {
  const { system, global, repo, local } = configFiles(root, env);
  const settings = mergedSettings([system, global, repo, local], env);
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
    linkTypes: (settings.get('cache.type') ?? 'reflink,copy').split(',').map((type) => type.trim()),
    noScm: settings.get('core.no_scm')?.toLowerCase() === 'true',
  };
}

/**
 * What the machine's and the user's files say of how DVC works, as the text of one file: a DVC that
 * runs elsewhere gets it as its user's. No remote, nor anything with credentials, is in it. Throws
 * NotUnderstood like `readDvcConfig`.
 */
export function machineConfig(root: string, env: NodeJS.ProcessEnv = process.env): string {
  const { system, global } = configFiles(root, env);
  const lines = new Map<string, string[]>();
  for (const [name, value] of mergedSettings([system, global], env)) {
    const [section = '', key = ''] = name.split('.');
    if (section === 'core' && remoteKeys.has(key)) continue;
    const quote = value.includes('"') ? "'" : '"';
    lines.set(section, [...(lines.get(section) ?? []), `${key} = ${quote}${value}${quote}`]);
  }
  return [...lines].map(([section, entries]) => `[${section}]\n${entries.join('\n')}\n`).join('');
}

/** Sections that say how DVC works; all others name servers, or what is not used here. */
const sectionsOfUse = ['core', 'cache', 'parsing', 'feature'];

/** Where data go, and where this machine keeps what DVC knows of it. */
const remoteKeys = new Set(['remote', 'site_cache_dir', 'machine']);

function mergedSettings(files: readonly string[], env: NodeJS.ProcessEnv): Map<string, string> {
  const settings = new Map<string, string>();
  for (const file of files) {
    const sections = readConfigFile(file);
    for (const section of ['', ...sectionsOfUse]) {
      for (const [key, value] of sections.get(section) ?? []) {
        if ('doubt' in value) throw value.doubt;
        const name = `${section}.${key}`;
        const isFolder = name === 'cache.dir';
        if (isFolder && value.isList) throw new NotUnderstood(`a comma in cache.dir of ${file}`);
        settings.set(name, isFolder ? cachePath(file, value.text, env) : value.text);
      }
    }
  }
  return settings;
}

/**
 * The remote that the project itself names as its default (`core.remote`), in .dvc/config or, over
 * it, in .dvc/config.local. Throws NotUnderstood like `readDvcConfig`.
 */
export function defaultRemote(root: string): string | undefined {
  return setting(root, 'core', 'remote');
}

/**
 * The address of one of the project's remotes, of a folder its absolute path. Throws NotUnderstood
 * like `readDvcConfig`.
 */
export function remoteUrl(
  root: string,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const url = setting(root, `remote "${name.toLowerCase()}"`, 'url');
  if (url === undefined || /^\w[\w+.-]*:\/\//.test(url)) return url;
  return configuredPath(join(root, '.dvc/config'), url, env);
}

/** An option of the project's own files. */
function setting(root: string, section: string, option: string): string | undefined {
  const files = [join(root, '.dvc/config.local'), join(root, '.dvc/config')];
  for (const file of files) {
    const sections = readConfigFile(file);
    const entries = sections.get(section);
    const value = entries?.get(option) ?? entries?.get('') ?? sections.get('')?.get('');
    if (value === undefined) continue;
    if ('doubt' in value) throw value.doubt;
    return value.text;
  }
  return undefined;
}

/** What DVC does where nothing is configured. */
export function standardConfig(root: string): DvcConfig {
  return {
    parsing: { bool: 'store_true', list: 'nargs' },
    cacheFolder: join(root, '.dvc/cache'),
    linkTypes: ['reflink', 'copy'],
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

function cachePath(file: string, path: string, env: NodeJS.ProcessEnv): string {
  if (/^\w+:\/\//.test(path)) throw new NotUnderstood('a cache that is not a local folder');
  return configuredPath(file, path, env);
}

/** A file's options by section. Throws NotUnderstood for anything in it that is not read here. */
export function readConfigSections(file: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const plain = ([key, value]: [string, ConfigValue]): [string, string] => {
    if ('doubt' in value) throw value.doubt;
    return [key, value.text];
  };
  return new Map(
    [...readConfigFile(file)].map(([name, entries]) => [name, new Map([...entries].map(plain))]),
  );
}
