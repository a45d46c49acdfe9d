/**
 * Runs the workflow on this machine by act: `make act`, `make act-pr`, `make act-dispatch`. With
 * DagsHub credentials in .env or in the environment they are its secrets; without, data stay here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { git } from '../src/git/git.ts';
import { readEnvironment } from '../src/project/settings.ts';
import { repositoryName } from '../src/servers/dagshub.ts';
import { actJobImage } from '../test/rig/act/job-image.ts';
import { type ActOptions, actArguments } from '../test/rig/act/run.ts';
import { toolPath } from '../test/rig/tools.ts';

const root = process.cwd();
const event = (process.argv[2] ?? 'push') as 'push' | 'pull_request' | 'workflow_dispatch';
const env = readEnvironment(root, process.env, console.error);
const passedOn = ['DAGSHUB_REPO', 'DAGSHUB_CLIENT_HOST', 'MLFLOW_TRACKING_URI', 'SIBLING_REGISTRY'];
const remote = await git(root, 'remote', 'get-url', 'origin');
const { owner, repo } = repositoryName(remote) ?? { owner: 'local', repo: basename(root) };

const options: ActOptions = {
  repository: root,
  workflow: 'pipeline.yml',
  event,
  // `act` in the payload leaves out the job that commits: it would push to the real branch.
  payload: { act: true, ...(event === 'pull_request' && (await pullRequest())) },
  inputs: event === 'workflow_dispatch' ? dispatchInputs() : {},
  secrets: pick(['DAGSHUB_USER_NAME', 'DAGSHUB_TOKEN']),
  env: { GITHUB_REPOSITORY: `${owner}/${repo}`, ...pick(passedOn) },
  ...(env.ACT_IMAGE && (await inContainers(env.ACT_IMAGE))),
};
const scratch = mkdtempSync(join(tmpdir(), 'sibling-act-'));
const act = spawn(toolPath('act'), await actArguments(options, scratch), {
  cwd: root,
  env: { ...withoutCredentials(), ACT_DISABLE_VERSION_CHECK: '1', XDG_CONFIG_HOME: scratch },
  stdio: ['ignore', 'inherit', 'inherit'],
});
// Act ends its jobs in order; then the file with the secrets goes, whatever ended this. A terminal
// gives act its own SIGINT, and a second one would not wait for the jobs' cleaning up.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', () => act.kill('SIGTERM'));
const [code] = await once(act, 'close').finally(() => rmSync(scratch, { recursive: true }));
process.exit(code ?? 1);

/** In host mode every step gets the environment of act: credentials reach those that are given them. */
function withoutCredentials(): NodeJS.ProcessEnv {
  const { DAGSHUB_USER_NAME: _, DAGSHUB_TOKEN: __, ...rest } = process.env;
  return rest;
}

/** Compares this commit with where its branch left main. */
async function pullRequest(): Promise<object> {
  const head = await git(root, 'rev-parse', 'HEAD');
  const base = (await git(root, 'merge-base', 'main', 'HEAD')) ?? head;
  const branch = (await git(root, 'branch', '--show-current')) || 'here';
  const sides = { base: { ref: 'main', sha: base }, head: { ref: branch, sha: head } };
  return { number: 1, pull_request: { number: 1, ...sides } };
}

function dispatchInputs(): Record<string, string> {
  const { PARAMS = '', FORCE = '' } = process.env;
  return { params: PARAMS, force: FORCE, push: 'true', 'log-level': 'info' };
}

/** In container mode jobs share no folder of this machine but one that all of them are given. */
async function inContainers(wanted: string): Promise<Partial<ActOptions>> {
  const data = env.XDG_DATA_HOME ?? join(env.HOME ?? homedir(), '.local/share');
  const folder = join(data, 'sibling/remotes', `act-${owner}-${repo}`);
  mkdirSync(folder, { recursive: true });
  return {
    image: wanted === 'own' ? await actJobImage() : wanted,
    containerOptions: `--volume ${folder}:${folder}`,
    env: {
      GITHUB_REPOSITORY: `${owner}/${repo}`,
      SIBLING_LOCAL_REMOTE: folder,
      ...pick(passedOn),
    },
  };
}

function pick(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value]] : [];
    }),
  );
}
