import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { projectId } from '../../src/project/id.ts';
import { type DagsHubStandIn, startDagsHub } from '../rig/dagshub/stand-in.ts';
import { cloneIris } from '../rig/iris-clone.ts';
import { runCommand } from '../rig/run-command.ts';
import { cleanEnvironment, git, removeProject } from '../rig/stage-project.ts';
import { watchStages } from '../rig/stage-watch.ts';

const docker = new Docker();
const first = cloneIris();
const second = `${first}-second`;
const third = `${first}-third`;
let dagsHub: DagsHubStandIn;

beforeAll(async () => {
  dagsHub = await startDagsHub();
  dagsHub.addUser('ada', 'token-ada');
  dagsHub.addRepository('ada', 'iris', { private: true });
  fillEnvironment(first);
});
afterAll(async () => {
  await dagsHub.stop();
  for (const root of [first, second, third]) removeProject(root);
});

function fillEnvironment(root: string): void {
  const lines = {
    DAGSHUB_CLIENT_HOST: dagsHub.url,
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: 'token-ada',
    MLFLOW_TRACKING_URI: `${dagsHub.url}/ada/iris.mlflow`,
  };
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(root, '.env'), text.join(''), { mode: 0o600 });
}

/** Runs a target and gives what it printed, and the stage containers that the engine made for it. */
async function make(root: string, target: string) {
  const stages = await watchStages(docker, projectId(root));
  const unset = Object.keys(process.env).map((name) => [name, undefined] as const);
  const env = { ...Object.fromEntries(unset), ...cleanEnvironment() };
  const { code, stdout, stderr } = await runCommand('make', [target], { cwd: root, env });
  if (code !== 0) throw new Error(`make ${target}: exit code ${code}\n${stdout}${stderr}`);
  return { text: stdout + stderr, stages: await stages.stop() };
}

test('what one clone ran and pushed, no other clone runs again', async () => {
  const ran = await make(first, 'run');
  expect(ran.stages).toHaveLength(4);
  const pushed = await make(first, 'push');
  expect(pushed.text).toMatch(/The remote was asked, and has all \d+ objects that dvc.lock names/);

  git(first, 'add', 'dvc.lock', 'metrics');
  git(first, 'commit', '--quiet', '--allow-empty', '--message', 'results');
  git(first, 'clone', '--quiet', first, second);
  git(first, 'clone', '--quiet', first, third);
  for (const root of [second, third]) fillEnvironment(root);

  await make(second, 'pull');
  const unchanged = await make(second, 'run');
  expect(unchanged.stages).toEqual([]);
  expect(unchanged.text.match(/unchanged/g)).toHaveLength(4);
  expect(read(second, 'data/raw/iris.csv')).toBe(read(first, 'data/raw/iris.csv'));

  // Neither lock nor results nor cache: all comes from the run-cache.
  for (const path of ['dvc.lock', 'metrics']) rmSync(join(third, path), { recursive: true });
  const restored = await make(third, 'run');
  expect(restored.stages).toEqual([]);
  for (const path of ['dvc.lock', 'metrics/metrics.json', 'data/raw/iris.csv']) {
    expect(read(third, path)).toBe(read(first, path));
  }
}, 240_000);

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
