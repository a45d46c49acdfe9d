import { execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ofThisRepository } from '../../git/trust/settings.ts';
import { readWholeIfAble } from '../../system/read-whole.ts';

/** What of Git's configuration decides which files are ignored. */
export interface GitIgnoreConfig {
  /** Absolute path of the user's own ignore file; it need not exist. */
  readonly excludesFile: string;
  readonly ignoreCase: boolean;
}

/**
 * Reads the configuration of the repository whose own folder is `gitFolder`, then the user's and the
 * system's, in the files where DVC's library looks (dulwich/repo.py, get_config_stack;
 * dulwich/config.py, default_backends). Where one includes others, git is asked.
 */
export function gitIgnoreConfig(
  workTree: string,
  gitFolder: string,
  env: NodeJS.ProcessEnv = process.env,
): GitIgnoreConfig {
  const home = env.HOME || homedir();
  const xdg = env.XDG_CONFIG_HOME || join(home, '.config');
  const own = readIfThere(join(gitFolder, 'config'));
  const ofWorkTree = /^\s*worktreeconfig\s*=\s*true\b/im.test(own) ? ['config.worktree'] : [];
  const others = [
    ...ofWorkTree.map((name) => join(gitFolder, name)),
    ...(env.GIT_CONFIG_GLOBAL === undefined
      ? [join(home, '.gitconfig'), join(xdg, 'git/config')]
      : [env.GIT_CONFIG_GLOBAL]),
    ...(env.GIT_CONFIG_SYSTEM === undefined
      ? env.GIT_CONFIG_NOSYSTEM === undefined
        ? ['/etc/gitconfig']
        : []
      : [env.GIT_CONFIG_SYSTEM]),
  ].map(readIfThere);
  const texts = [own, ...others];
  const settings = texts.some((text) => /^\s*\[include/im.test(text))
    ? (askGit(workTree, env) ?? texts.map(coreSettings))
    : texts.map(coreSettings);
  const first = (name: string) => settings.find((each) => each.has(name))?.get(name);
  const file = first('excludesfile') ?? join(xdg, 'git/ignore');
  return {
    excludesFile: resolve(workTree, file.replace(/^~(?=\/)/, home)),
    ignoreCase: first('ignorecase')?.toLowerCase() === 'true',
  };
}

type Settings = ReadonlyMap<string, string>;

/** The options of `[core]`; the last of a name counts. */
function coreSettings(text: string): Settings {
  const found = new Map<string, string>();
  let isCore = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[([^\]]*)\]\s*(.*)$/.exec(line);
    if (section) isCore = section[1]?.trim().toLowerCase() === 'core';
    const entry = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(section?.[2] ?? line);
    if (isCore && entry) found.set((entry[1] ?? '').toLowerCase(), plainValue(entry[2] ?? ''));
  }
  return found;
}

function plainValue(text: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(["\\])/g, '$1');
  return text.replace(/\s*[#;].*$/, '');
}

/** Undefined where there is no git to ask. */
function askGit(workTree: string, env: NodeJS.ProcessEnv): Settings[] | undefined {
  try {
    const question = ['config', '--includes', '--null', '--get-regexp', '^core\\.'];
    const listed = execFileSync('git', ['-C', workTree, ...question], {
      env: ofThisRepository(env),
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const entries = listed.split('\0').map((entry) => entry.split('\n', 2));
    return [new Map(entries.map(([key = '', value = '']) => [key.replace(/^core\./, ''), value]))];
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string {
  return readWholeIfAble(file)?.toString('utf8') ?? '';
}
