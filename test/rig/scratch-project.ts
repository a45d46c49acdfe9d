import { chown, cp, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from './repository.ts';
import { type CommandOptions, outputOf } from './run-command.ts';

/** A project in a temporary folder, for one test. */
export interface ScratchProject {
  readonly root: string;
  path(...parts: string[]): string;
  /** Writes a file, with the folders above it. */
  write(path: string, text: string): Promise<void>;
  /** Runs git in the project; gives what it printed. Throws when it fails. */
  git(...args: string[]): Promise<string>;
  /** Commits everything that git does not ignore; gives the commit's hash. */
  commit(message?: string): Promise<string>;
  remove(): Promise<void>;
}

export interface ScratchOptions {
  /** A folder to start from, relative to this repository. */
  readonly fixture?: string;
  /** Files to add, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Without Git the folder is no repository. */
  readonly git?: boolean;
  /** Who owns all of it and runs git, for tests that themselves run as root. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Git as nobody in particular: the machine's and the user's configuration change no test. */
const gitEnvironment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** Makes a project with one commit of the fixture and the files. */
export async function scratchProject(options: ScratchOptions = {}): Promise<ScratchProject> {
  const { fixture, files = {}, git = true, owner } = options;
  const root = await mkdtemp(join(tmpdir(), 'sibling-project-'));
  const as: CommandOptions = { cwd: root, env: gitEnvironment, ...owner };
  const project: ScratchProject = {
    root,
    path: (...parts) => join(root, ...parts),
    async write(path, text) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      if (owner) await give(root, owner);
    },
    git: (...args) => outputOf('git', args, as),
    async commit(message = 'Change') {
      await project.git('add', '--all');
      await project.git('commit', '--quiet', '--allow-empty', '--message', message);
      return (await project.git('rev-parse', 'HEAD')).trim();
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
  if (fixture) await cp(join(repository, fixture), root, { recursive: true });
  for (const [path, text] of Object.entries(files)) await project.write(path, text);
  if (owner) await give(root, owner);
  if (git) {
    await project.git('init', '--quiet', '--initial-branch', 'main');
    await project.commit('Start');
  }
  return project;
}

async function give(path: string, owner: { uid: number; gid: number }): Promise<void> {
  const { uid, gid } = owner;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const entryPath = join(entry.parentPath, entry.name);
    if ((await lstat(entryPath)).isSymbolicLink()) continue;
    await chown(entryPath, uid, gid);
  }
  await chown(path, uid, gid);
}
