import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolPath } from '../tools.ts';
import { type ActJob, type JobResult, jobResults, parseActOutput } from './parse.ts';

export interface ActOptions {
  /** The repository: a folder whose `.github/workflows` act reads. */
  readonly repository: string;
  /** The workflow's file name, for example `pipeline.yml`. */
  readonly workflow: string;
  readonly event?: 'push' | 'pull_request' | 'workflow_dispatch' | 'workflow_run' | 'merge_group';
  /** The event as GitHub would send it. */
  readonly payload?: object;
  /** Inputs of a workflow_dispatch. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables of the repository, `vars` in the workflow. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables of every step, for example GITHUB_API_URL to reach another API server. */
  readonly env?: Readonly<Record<string, string>>;
  /** An image to run jobs in; without one they run on this machine. */
  readonly image?: string;
  /** `docker run` options of the jobs' containers, for example a folder that all of them share. */
  readonly containerOptions?: string;
  /** Only this job, and those that it needs. */
  readonly job?: string;
  /** A folder of actions by `owner/repo@ref`, for `uses:` of other repositories. */
  readonly localRepositories?: Readonly<Record<string, string>>;
  /** Where uploaded artifacts go; without it a step that uploads one fails. */
  readonly artifacts?: string;
  /**
   * Looks every two seconds, in host mode, at the jobs' workspaces and temporary folders: act removes
   * them at each job's end.
   */
  readonly inspect?: (folder: string) => void;
  /** Stops act with this signal when the promise resolves, as a cancelled run would. */
  readonly stop?: { readonly when: Promise<unknown>; readonly signal: NodeJS.Signals };
}

export interface ActRun {
  /** Act's exit code; look at the results as well, which tell of jobs that never ran. */
  readonly code: number;
  readonly jobs: readonly ActJob[];
  readonly results: Readonly<Record<string, JobResult>>;
  /** The first job of that id. Throws when the workflow has none. */
  job(id: string): ActJob;
  /** All that act printed for a person, in its order. */
  readonly log: string;
}

const labels = ['ubuntu-latest', 'ubuntu-24.04', 'ubuntu-22.04'];

/**
 * Runs a workflow by act. Nothing of the machine gets in: not the user's `.actrc`, and of the
 * repository neither `.env` nor `.secrets`. Jobs run one after another, for a log that can be read.
 */
export async function runAct(options: ActOptions): Promise<ActRun> {
  const scratch = await mkdtemp(join(tmpdir(), 'sibling-act-'));
  try {
    const args = [...(await actArguments(options, scratch)), '--json'];
    const child = spawn(toolPath('act'), args, {
      cwd: options.repository,
      env: { ...process.env, ACT_DISABLE_VERSION_CHECK: '1', XDG_CONFIG_HOME: scratch },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const { stop } = options;
    void stop?.when.then(() => child.kill(stop.signal));
    const looking = setInterval(() => options.inspect?.(join(scratch, 'cache')), 2_000);
    const [code] = await once(child, 'close');
    clearInterval(looking);
    const file = join(options.repository, '.github/workflows', options.workflow);
    return toRun(code ?? -1, stdout, stderr, await readFile(file, 'utf8'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What act is called with; files that it needs are written into `scratch`. */
export async function actArguments(options: ActOptions, scratch: string): Promise<string[]> {
  const {
    event = 'push',
    payload,
    inputs = {},
    secrets = {},
    env = {},
    image,
    variables = {},
  } = options;
  const file = async (name: string, text: string) => {
    const path = join(scratch, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const cache = join(scratch, 'cache');
  await mkdir(cache);
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    event,
    ...['--no-cache-server', '--concurrent-jobs', '1', '--pull=false', '--rm'],
    ...['--workflows', `.github/workflows/${options.workflow}`],
    ...labels.flatMap((label) => ['--platform', `${label}=${image ?? '-self-hosted'}`]),
    ...['--action-cache-path', cache],
    // In a file and not in an argument: every process of the machine can read arguments.
    ...['--secret-file', await file('secrets', dotenv(secrets))],
    ...['--env-file', await file('env', dotenv(env))],
    ...[
      '--var-file',
      await file('vars', dotenv(variables)),
      '--input-file',
      await file('inputs', ''),
    ],
    ...pairs('--input', inputs),
    ...pairs('--local-repository', options.localRepositories ?? {}),
    ...(payload ? ['--eventpath', await file('event.json', JSON.stringify(payload))] : []),
    ...(options.containerOptions ? ['--container-options', options.containerOptions] : []),
    ...(options.job ? ['--job', options.job] : []),
    ...(options.artifacts
      ? ['--artifact-server-path', options.artifacts, '--artifact-server-addr', '127.0.0.1']
      : []),
  ];
}

/** Act reads these files as dotenv, which puts variables into double quotes unless `$` is escaped. */
function dotenv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value).replaceAll('$', '\\$')}\n`)
    .join('');
}

function toRun(code: number, stdout: string, stderr: string, workflow: string): ActRun {
  const jobs = parseActOutput(stdout, workflow);
  return {
    code,
    jobs,
    results: jobResults(jobs),
    job(id) {
      const job = jobs.find((each) => each.id === id);
      if (job === undefined) throw new Error(`the workflow has no job ${id}`);
      return job;
    },
    log: messages(stdout) + stderr,
  };
}

function messages(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const { job, msg } = JSON.parse(line);
      return `[${job ?? 'act'}] ${String(msg).trimEnd()}\n`;
    })
    .join('');
}
