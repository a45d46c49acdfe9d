/**
 * What jobs cost beside the stages: the whole workflow by act (four stage jobs, each with a workspace
 * of its own, and the report) against `make run` of the same work. Images are built and the MLflow
 * server runs before; every run begins in a fresh clone, without results. Medians of alternating runs.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import Docker from 'dockerode';
import { runAct } from '../test/rig/act/run.ts';
import { cloneIris } from '../test/rig/iris-clone.ts';
import { cleanEnvironment } from '../test/rig/stage-project.ts';

const rounds = Number(process.argv[2] ?? 3);
const services = `sibling-bench-${process.pid}`;
const shared = { SIBLING_SERVICES: services, SIBLING_MLFLOW_PORT: '0' };
const stages = ['ingest', 'preprocess', 'train', 'evaluate'];

/** Seconds that an act run took, and those that its stage jobs say of themselves. */
interface ActTime {
  readonly whole: number;
  readonly jobs: readonly number[];
}

try {
  makeRun(); // builds images, starts the server
  const made: number[] = [];
  const acted: ActTime[] = [];
  for (let round = 0; round < rounds; round++) {
    made.push(makeRun());
    acted.push(await act());
  }
  const make = median(made);
  const whole = median(acted.map((one) => one.whole));
  console.log(`make run   ${make.toFixed(1)} s (median of ${rounds}: ${list(made)})`);
  console.log(`act        ${whole.toFixed(1)} s (${list(acted.map((one) => one.whole))})`);
  for (const [at, stage] of stages.entries()) {
    const seconds = median(acted.map(({ jobs }) => jobs[at] ?? Number.NaN));
    console.log(`  run-stage ${stage.padEnd(10)} ${seconds.toFixed(1)} s`);
  }
  console.log(`ratio      ${(whole / make).toFixed(2)}`);
} finally {
  const docker = new Docker();
  const gone = () => undefined;
  await docker.getContainer(`${services}-mlflow`).remove({ force: true }).catch(gone);
  await docker.getNetwork(`${services}-tracking`).remove().catch(gone);
  await docker.getVolume(`${services}-mlflow`).remove().catch(gone);
}

function makeRun(): number {
  const root = cloneIris();
  const remote = `${root}-data`;
  const env = cleanEnvironment({ ...shared, XDG_DATA_HOME: remote });
  const begun = performance.now();
  execFileSync('make', ['run'], { cwd: root, env, stdio: 'ignore' });
  const seconds = (performance.now() - begun) / 1000;
  for (const folder of [root, remote]) rmSync(folder, { recursive: true, force: true });
  return seconds;
}

async function act(): Promise<ActTime> {
  const root = cloneIris();
  const remote = `${root}-remote`;
  const begun = performance.now();
  const run = await runAct({
    repository: root,
    workflow: 'pipeline.yml',
    payload: { act: true }, // as `make act`: nothing is committed
    env: { ...shared, SIBLING_LOCAL_REMOTE: remote, GITHUB_REPOSITORY: 'ada/iris' },
  });
  const whole = (performance.now() - begun) / 1000;
  if (run.code !== 0) throw new Error(run.log);
  const jobs = stages.map((stage) => {
    const { outcome, startedAt, endedAt } = JSON.parse(run.job(stage).outputs.baton ?? '{}');
    if (outcome !== 'ran') throw new Error(`${stage}: ${outcome}`);
    return (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  });
  for (const folder of [root, remote]) rmSync(folder, { recursive: true, force: true });
  return { whole, jobs };
}

function list(seconds: readonly number[]): string {
  return seconds.map((one) => one.toFixed(1)).join(', ');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
