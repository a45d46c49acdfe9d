import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Project } from '../../src/project/project.ts';
import {
  forgetTracking,
  type RecomputeRequest,
  recompute,
  withoutTracking,
} from '../../src/reproduction/recompute.ts';
import type { RunRequest } from '../../src/run/run.ts';
import { stage } from './records.ts';

const root = mkdtempSync(join(tmpdir(), 'sibling-recompute-'));
afterAll(() => rmSync(root, { recursive: true }));

const env = {
  PATH: '/bin',
  AWS_ACCESS_KEY_ID: 'key',
  DVC_REMOTE_URL: 's3://bucket',
  SIBLING_BASE_IMAGE: 'base',
  MLFLOW_TRACKING_URI: 'https://mlflow.example.org',
  MLFLOW_TRACKING_TOKEN: 'secret',
  MLFLOW_REGISTRY_URI: 'https://mlflow.example.org',
  DAGSHUB_USER_NAME: 'ada',
  DAGSHUB_TOKEN: 'secret',
  DAGSHUB_USER_TOKEN: 'secret',
};

test('what runs has nothing to log with', () => {
  expect(withoutTracking(env)).toEqual({
    PATH: '/bin',
    AWS_ACCESS_KEY_ID: 'key',
    DVC_REMOTE_URL: 's3://bucket',
    SIBLING_BASE_IMAGE: 'base',
    SIBLING_LOCAL_TRACKING: 'off',
  });
});

test('nor has a child of this process', () => {
  const own = { ...env };
  forgetTracking(own);
  expect(Object.keys(own)).toEqual([
    'PATH',
    'AWS_ACCESS_KEY_ID',
    'DVC_REMOTE_URL',
    'SIBLING_BASE_IMAGE',
  ]);
});

test('a stage that insists on a server does not run', async () => {
  writeFileSync(join(root, 'dvc.yaml'), 'stages: {}\n');
  const meta = { sibling: { env: ['HTTP_PROXY', 'MLFLOW_TRACKING_URI'] } };
  const train = stage('train', { meta });
  const request = { project: { root } as Project } as RecomputeRequest;
  await expect(
    recompute(request, { targets: ['train'], stages: [train], given: [] }),
  ).rejects.toThrow(/stage train does not run without MLFLOW_TRACKING_URI/);
});

test('nothing comes from a remote; a stage that nobody saw run was not made again', async () => {
  writeFileSync(join(root, 'dvc.yaml'), 'stages: {}\n');
  const request = { project: { root } as Project } as RecomputeRequest;
  const wanted = { targets: ['train'], stages: [stage('train')], given: [] };
  const asked: RunRequest[] = [];
  const result = (state: 'ran' | 'cached') => async (run: RunRequest) => {
    asked.push(run);
    return { run: 'r', seconds: 1, stages: [{ stage: 'train', state } as const] };
  };
  await recompute(request, wanted, result('ran'));
  const remote = { kind: 'folder', folder: join(root, '.sibling/no-remote') };
  expect(asked).toEqual([expect.objectContaining({ force: true, pull: false, remote })]);
  await expect(recompute(request, wanted, result('cached'))).rejects.toThrow(
    'nothing shows that train ran',
  );
});
