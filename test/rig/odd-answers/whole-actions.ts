import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { bot } from './behaviour.ts';
import type { EventName } from './event-names.ts';
import { artifactToken, type OddPlace } from './place.ts';

export const wholeActions = [
  'setup-dvc',
  'run-stage',
  'push-artifacts',
  'comment-metrics',
] as const;

export interface WholeTry {
  readonly place: OddPlace;
  readonly url: string;
  readonly action: (typeof wholeActions)[number];
  readonly event: EventName;
  readonly payload: unknown;
}

/** Runs a compiled action as the runner starts it, in a checkout of its own; prints what it prints. */
export async function wholeAction({ place, url, action, event, payload }: WholeTry): Promise<void> {
  const folder = mkdtempSync(join(place.folder, 'job-'));
  const workspace = join(folder, 'work');
  cpSync(action === 'push-artifacts' ? place.clone : place.root, workspace, { recursive: true });
  const file = (name: string, text = '') => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  mkdirSync(join(folder, 'temp'));
  const hasNeeds = action === 'comment-metrics' || action === 'push-artifacts';
  const needs = { train: { result: 'success', outputs: { baton: place.baton } } };
  const env = {
    ...{ GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'ada/iris', GITHUB_RUN_NUMBER: '3' },
    ...{ GITHUB_RUN_ATTEMPT: '1', GITHUB_RUN_ID: '9', GITHUB_SHA: place.head },
    ...{
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify(payload ?? null)),
    },
    ...{ GITHUB_API_URL: url, GITHUB_SERVER_URL: 'https://github.com' },
    ...{ GITHUB_OUTPUT: file('output'), GITHUB_STATE: file('state'), GITHUB_ENV: file('env') },
    ...{ GITHUB_STEP_SUMMARY: file('summary'), RUNNER_TEMP: join(folder, 'temp') },
    ...{ ACTIONS_RESULTS_URL: `${url}/`, ACTIONS_RUNTIME_TOKEN: artifactToken },
    ...{ DVC_REMOTE_URL: 's3://bucket/data', DAGSHUB_CLIENT_HOST: url },
    ...{ DAGSHUB_USER_NAME: 'ada', DAGSHUB_TOKEN: 'a-token', DAGSHUB_REPO: 'ada/iris' },
    ...{ INPUT_TOKEN: 't', INPUT_AUTHOR: bot, INPUT_STAGE: 'train', INPUT_CHECK: 'true' },
    ...{ INPUT_NEEDS: hasNeeds ? JSON.stringify(needs) : '', INPUT_COMMIT: 'true' },
    ...{ 'INPUT_MIRROR-SYNC': 'true', INPUT_MESSAGE: 'Update dvc.lock', INPUT_FORCE: '' },
  };
  const main = join(repository, 'build/actions', action, 'main.js');
  const options = { cwd: workspace, env, timeout: 90_000 };
  const { code, stdout, stderr } = await runCommand(process.execPath, [main], options);
  process.stdout.write(`${stdout}${stderr}`);
  const isSaid = code === 1 && /^::error /m.test(stdout);
  if (code !== 0 && !isSaid) process.stdout.write(`unexpected error: it ended with ${code}\n`);
}
