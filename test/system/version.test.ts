import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stockBase } from '../../src/container/base-image/base-image.ts';
import { version } from '../../src/system/version.ts';
import { repository } from '../rig/repository.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

test('the version is the package’s', () => {
  expect(version).toBe(JSON.parse(read('package.json')).version);
});

test.each([
  'Dockerfile.dvc-runner',
  'services/mlflow/Dockerfile',
  ...['ingest', 'preprocess', 'train', 'evaluate'].map((stage) => `stages/${stage}/Dockerfile`),
  'docker-compose.yml',
])('%s starts from the stock base image', (path) => {
  expect(read(path)).toContain(stockBase);
});
