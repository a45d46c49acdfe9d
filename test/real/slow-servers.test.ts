import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { actionJob } from '../rig/action-job.ts';
import { type SlowServer, startSlowServer } from '../rig/http/slow-server.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

jest.setTimeout(90_000);

const root = makeProject({ stages: { make: { script: 'true' } } });
const folder = mkdtempSync(join(tmpdir(), 'sibling-slow-'));
const servers: Record<string, SlowServer> = {};
beforeAll(async () => {
  servers.dripping = await startSlowServer('dripping', 1_000);
  servers.silent = await startSlowServer('silent');
});
afterAll(() => {
  for (const server of Object.values(servers)) server.stop();
  rmSync(folder, { recursive: true, force: true });
  removeProject(root);
});

/** What a command and an action say of a DagsHub that never comes to an end with its answer. */
async function ask(manner: string) {
  const env = {
    DAGSHUB_CLIENT_HOST: servers[manner]?.url ?? '',
    DAGSHUB_USER_NAME: 'ada',
    DAGSHUB_TOKEN: 'a-token-of-ada',
    DAGSHUB_REPO: 'ada/iris',
  };
  const job = actionJob({ workspace: root, folder: join(folder, manner), env });
  const [command, action] = await Promise.all([
    sibling(root, ['doctor'], { env }),
    job.run('setup-dvc', { check: 'true' }),
  ]);
  return { manner, command, action };
}

test('a silent or a dripping server ends commands and actions in time, with a word', async () => {
  const begun = performance.now();
  for (const { action, command } of await Promise.all(['dripping', 'silent'].map(ask))) {
    expect(action).toMatchObject({ code: 1 });
    expect(action.log).toMatch(/::error.*does not answer within 20 s/);
    expect(command.code).toBeGreaterThan(0);
    expect(command.stdout).toMatch(/failure +dagshub-user .*(?:does not answer within|no answer)/);
  }
  expect(performance.now() - begun).toBeLessThan(80_000);
});
