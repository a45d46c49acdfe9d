import { expect, test } from '@jest/globals';
import { unsetVariables } from '../../src/export/declared-variables.ts';
import { declaredEnvironment } from '../../src/stage/options/environment.ts';
import type { ConfiguredStage } from '../../src/stage/options/options.ts';

const stage = (name: string, ...env: { name: string; optional: boolean }[]) =>
  ({ stage: { name, file: 'dvc.yaml', line: 2 }, options: { env } }) as unknown as ConfiguredStage;
const needs = (name: string) => ({ name, optional: false });

test('variables that no job sets are named with the lines to write', () => {
  const stages = [
    stage('weather', needs('WEATHER_KEY'), { name: 'ALSO', optional: true }, needs('SET')),
    stage('again', needs('WEATHER_KEY'), needs('DAGSHUB_TOKEN')),
  ];
  const lines = unsetVariables(stages, ['SET'], '.github/workflows/pipeline.yml');
  expect(lines[0]).toMatch(/^warning: dvc.yaml:2: stage \w+ declares the variable WEATHER_KEY, /);
  expect(lines).toContain(`  WEATHER_KEY: \${{ secrets.WEATHER_KEY }}`);
  expect(lines.filter((line) => line.includes('secrets.'))).toHaveLength(1);
  expect(unsetVariables(stages, ['SET', 'WEATHER_KEY'], 'x')).toEqual([]);
});

test.each([
  [{ GITHUB_ACTIONS: 'true' }, 'secrets.WEATHER_KEY'],
  [{}, '.env'],
])('a stage that lacks one says where it is set: %j', (env, words) => {
  const { stage: found, options } = stage('weather', needs('WEATHER_KEY'));
  expect(() => declaredEnvironment(found, options, env)).toThrow(
    expect.objectContaining({
      failure: expect.objectContaining({ hint: expect.stringContaining(words) }),
    }),
  );
});
