import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { actionJob } from '../rig/action-job.ts';
import { canary } from '../rig/canary.ts';

const folder = mkdtempSync(join(tmpdir(), 'sibling-setup-dvc-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secrets = { token: canary(), key: canary(), inAddress: canary() };
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('setup-dvc tells the runner every form of each secret, before it does anything else', async () => {
  const password = encodeURIComponent(secrets.inAddress.token);
  const job = actionJob({
    workspace: folder,
    folder: join(folder, 'job'),
    env: { AWS_SECRET_ACCESS_KEY: secrets.key.token },
  });
  const { code, log } = await job.run('setup-dvc', {
    ...{ 'dagshub-user': 'ada', 'dagshub-token': secrets.token.token, 'dagshub-repo': 'ada/iris' },
    'mlflow-tracking-uri': `https://eve:${password}@mlflow.example.org`,
  });
  expect(code).toBe(0);
  const lines = log.split('\n');
  const isMask = (line: string) => line.startsWith('::add-mask::');
  const masks = lines
    .filter(isMask)
    .map((line) => line.slice('::add-mask::'.length).replaceAll('%25', '%'));
  const asTheRunnerShows = (text: string) =>
    masks.reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
  const others = lines.filter((line) => !isMask(line)).join('\n');
  expect(others).toMatch(/MLflow: https:/);
  for (const { token, hits } of Object.values(secrets)) {
    const forms = [token, encodeURIComponent(token), base64(token), base64(`ada:${token}`)];
    const said = [others, ...forms, base64(`"${token}", and more`)].join('\n');
    expect(hits(said)).not.toEqual([]);
    expect(hits(asTheRunnerShows(said))).toEqual([]);
  }
  const firstOther = lines.findIndex((line) => !isMask(line));
  expect(lines.slice(firstOther).some(isMask)).toBe(false);
});

test.each([
  ['s3://bucket/data', 's3://bucket/data', 'remote'],
  ['https://ada:t0ken@webdav.example.org/data', 'https://***@webdav.example.org/data', 'remote'],
  ['/srv/data', 'the local folder /srv/data', 'artifacts'],
])(
  'setup-dvc says where data go without DagsHub: DVC_REMOTE_URL=%s',
  async (url, shown, transport) => {
    const env = { DVC_REMOTE_URL: url };
    const job = actionJob({ workspace: folder, folder: join(folder, 'no-dagshub'), env });
    const uri = 'https://mlflow.example.org/mlflow';
    const { code, log, outputs } = await job.run('setup-dvc', { 'mlflow-tracking-uri': uri });
    expect(code).toBe(0);
    expect(log).toContain(`Data: ${shown}\n`);
    expect(log).toContain(`MLflow: ${uri}\n`);
    expect(
      log
        .split('\n')
        .filter((line) => !line.startsWith('::add-mask'))
        .join(),
    ).not.toMatch(/t0ken/);
    expect(outputs).toMatchObject({ mode: 'offline', transport });
  },
);
