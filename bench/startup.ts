/**
 * How long the program and the actions take to start, as a multiple of bare Node: whole processes in
 * alternating runs, medians of 20. The actions run to the first line that they print, without inputs;
 * `sibling status` answers for a project of four stages where nothing is to do.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { repository } from '../test/rig/repository.ts';

const rounds = 20;
/** Of `x` and a line break, which all files of the project hold. */
const md5 = '401b30e3b8b5d629635a5c613cdb7919';
const scratch = mkdtempSync(join(tmpdir(), 'sibling-startup-'));
const project = join(scratch, 'project');

/** Four stages with a lock that says all of them are up to date. */
function makeProject(): void {
  const [first, rest] = [md5.slice(0, 2), md5.slice(2)];
  mkdirSync(join(project, '.dvc/cache/files/md5', first), { recursive: true });
  writeFileSync(join(project, '.dvc/cache/files/md5', first, rest), 'x\n');
  writeFileSync(join(project, '.dvc/config'), '[core]\n    no_scm = True\n');
  const names = ['ingest', 'preprocess', 'train', 'evaluate'];
  const stages = names.map((name, at) => [
    name,
    { cmd: 'true', deps: [at === 0 ? 'in' : `${names[at - 1]}.out`], outs: [`${name}.out`] },
  ]);
  writeFileSync(join(project, 'dvc.yaml'), dump({ stages: Object.fromEntries(stages) }));
  for (const name of ['in', ...names.map((each) => `${each}.out`)]) {
    writeFileSync(join(project, name), 'x\n');
  }
  const entry = (path: string) => ({ path, hash: 'md5', md5 });
  const locked = stages.map(([name, stage]) => {
    const { deps, outs } = stage as { deps: string[]; outs: string[] };
    return [name, { cmd: 'true', deps: deps.map(entry), outs: outs.map(entry) }];
  });
  const lock = { schema: '2.0', stages: Object.fromEntries(locked) };
  writeFileSync(join(project, 'dvc.lock'), dump(lock));
}

interface Start {
  readonly label: string;
  readonly program: string;
  readonly args: readonly string[];
}

const action = (name: string): Start => ({
  label: name,
  program: process.execPath,
  args: [join(repository, `actions/${name}/dist/index.js`)],
});
const sibling = (...args: string[]): Start => ({
  label: `sibling ${args.join(' ')}`,
  program: join(repository, 'bin/sibling'),
  args,
});
const bare: Start = { label: 'node -e 0', program: process.execPath, args: ['-e', '0'] };
const starts: readonly Start[] = [
  bare,
  ...['setup-dvc', 'comment-metrics', 'run-stage'].map(action),
  sibling('--version'),
  sibling('status'),
];

/** Milliseconds to the first output, or to the end of a process that prints nothing. */
async function timeOf({ program, args }: Start, env: NodeJS.ProcessEnv): Promise<number> {
  const begun = performance.now();
  const child = spawn(program, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
  const time = performance.now() - begun;
  await ended;
  return time;
}

async function measure(label: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const { args } of starts) {
    const [file] = args;
    if (file?.endsWith('.js') && !existsSync(file)) throw new Error(`there is no ${file}`);
  }
  const times = new Map(starts.map((start) => [start, [] as number[]]));
  for (const start of starts) await timeOf(start, env);
  for (let round = 0; round < rounds; round++) {
    for (const [start, all] of times) all.push(await timeOf(start, env));
  }
  const ofBare = median(times.get(bare) ?? []);
  console.log(label);
  for (const [start, all] of times) {
    const time = median(all);
    const ratio = start === bare ? '' : ` (${(time / ofBare).toFixed(2)} x)`;
    console.log(`  ${start.label}: ${time.toFixed(0)} ms${ratio}`);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

try {
  makeProject();
  const event = join(scratch, 'event.json');
  writeFileSync(event, '{"inputs":{}}');
  const { NODE_EXTRA_CA_CERTS, ...others } = process.env;
  const plain: NodeJS.ProcessEnv = {
    ...others,
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_EVENT_PATH: event,
    XDG_CACHE_HOME: join(scratch, 'cache'),
  };
  const answer = execFileSync(join(repository, 'bin/sibling'), ['status'], {
    cwd: project,
    env: plain,
    encoding: 'utf8',
  });
  if (answer.match(/up to date/g)?.length !== 4) throw new Error(`not up to date:\n${answer}`);
  await measure(`Node ${process.version}`, plain);
  if (NODE_EXTRA_CA_CERTS) {
    await measure('with NODE_EXTRA_CA_CERTS', { ...plain, NODE_EXTRA_CA_CERTS });
  }
} finally {
  rmSync(scratch, { recursive: true });
}
