import { expect, test } from '@jest/globals';
import { bombs } from '../rig/reader-fuzz/bombs.ts';
import { FuzzedProject, fuzzReader } from '../rig/reader-fuzz/run.ts';

const oneStage = { 'params.yaml': 'a: 1\n', 'dvc.yaml': 'stages: {s: {cmd: x}}\n' };

test.each(Object.entries(bombs))('%s is read or refused in time', async (name, text) => {
  const project = new FuzzedProject(oneStage);
  await project.read('dvc.yaml', text, name);
  await project.read('dvc.lock', text, `${name} as a lock`);
  project.remove();
  const { faults, slowest } = project.result;
  expect(faults).toEqual([]);
  // Ten times what the slowest takes here: some took minutes, or for ever.
  expect(slowest.milliseconds).toBeLessThan(4000);
});

test('garbled files are read, left to DVC, or refused with their place', async () => {
  const { faults, read, refused, handedOver } = await fuzzReader({ seed: 1, count: 400 });
  expect(faults).toEqual([]);
  expect(read).toBeGreaterThan(30);
  expect(handedOver).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(100);
});
