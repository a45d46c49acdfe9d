import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.ts';
import { cleanEnvironment } from './stage-project.ts';

/** What a job's actions are started with, as the runner does it. */
export interface JobOptions {
  /** The job's checkout. */
  readonly workspace: string;
  /** A folder of the job's own: its temporary files and those by which actions answer. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A push to main unless said otherwise. */
  readonly event?: { readonly name: string; readonly payload: object };
}

export interface Step {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Runs its post step, with the state that the main one saved. */
  post(): Promise<{ readonly code: number | null; readonly log: string }>;
}

/** A step that was started. */
export interface StartedStep {
  readonly log: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Step>;
}

const pushToMain = {
  name: 'push',
  payload: { ref: 'refs/heads/main', repository: { default_branch: 'main' } },
};

/** A job whose steps are the compiled actions, each a process of its own, without a runner. */
export function actionJob({ workspace, folder, env = {}, event = pushToMain }: JobOptions) {
  const temporary = join(folder, 'temp');
  mkdirSync(temporary, { recursive: true });
  const eventPath = join(folder, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event.payload));
  const jobEnv: Record<string, string> = {
    ...{ GITHUB_EVENT_NAME: event.name, GITHUB_EVENT_PATH: eventPath, RUNNER_TEMP: temporary },
    ...{ GITHUB_RUN_ID: String(process.pid), GITHUB_RUN_ATTEMPT: '1' },
    ...commitOf(workspace),
    ...env,
  };
  let steps = 0;

  function start(
    action: string,
    inputs: Readonly<Record<string, string>>,
    forStep: Readonly<Record<string, string>> = {},
  ): StartedStep {
    const file = (name: string) => join(folder, `${steps}-${name}`);
    steps++;
    const answers = { output: file('output'), state: file('state'), env: file('env') };
    for (const path of [...Object.values(answers), file('summary')]) appendFileSync(path, '');
    const run = (program: string, more: NodeJS.ProcessEnv) => {
      const main = join(repository, 'build/actions', action, program);
      const child = spawn(process.execPath, [main], {
        cwd: workspace,
        env: cleanEnvironment({
          ...jobEnv,
          ...forStep,
          ...{ GITHUB_OUTPUT: answers.output, GITHUB_STATE: answers.state },
          ...{ GITHUB_ENV: answers.env, GITHUB_STEP_SUMMARY: file('summary') },
          ...Object.fromEntries(
            Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
          ),
          ...more,
        }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let log = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          log += text;
        });
      }
      const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, log }));
      return { child, log: () => log, ended };
    };
    const { child, log, ended } = run('main.js', {});
    return {
      log,
      kill: (signal) => void child.kill(signal),
      ended: ended.then((end) => {
        Object.assign(jobEnv, values(answers.env));
        const states = Object.entries(values(answers.state));
        const state = Object.fromEntries(states.map(([name, value]) => [`STATE_${name}`, value]));
        return { ...end, outputs: values(answers.output), post: () => run('post.js', state).ended };
      }),
    };
  }

  return {
    start,
    run: (action: string, inputs = {}, forStep = {}) => start(action, inputs, forStep).ended,
    temporary,
  };
}

/** Of a checkout; a folder without Git has none. */
function commitOf(workspace: string): Record<string, string> {
  const asked = ['-C', workspace, 'rev-parse', '--verify', '--quiet', 'HEAD'];
  const { status, stdout } = spawnSync('git', asked, { encoding: 'utf8' });
  return status === 0 ? { GITHUB_SHA: stdout.trim() } : {};
}

/** `name<<delimiter`, the value, the delimiter: how actions write what they answer. */
function values(path: string): Record<string, string> {
  const text = readFileSync(path, 'utf8');
  const found = text.matchAll(/^(\w[\w-]*)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}
