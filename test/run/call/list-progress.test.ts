import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Stage } from '../../../src/dvc/pipeline.ts';
import type { Project } from '../../../src/project/project.ts';
import { ListProgress } from '../../../src/run/call/list-progress.ts';

const root = mkdtempSync(join(tmpdir(), 'sibling-list-'));
const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const project: Project = { root, id: 'p', folders: [root], user };
const stage = { address: 'train@a/b' } as Stage;
const commands = [['x'], ['x'], ['y', 'z']];
const calledBy = (dvc: string) => ListProgress.open(project, stage, dvc, commands);

afterAll(() => rmSync(root, { recursive: true }));

test('after the first call of a list the others are done, in order and once, equal ones too', async () => {
  const progress = await calledBy('12 345');
  expect(await progress.isDone(['x'])).toBe(false);
  await progress.begin();
  expect(await progress.isDone(['y', 'z'])).toBe(false);
  expect(await progress.isDone(['x'])).toBe(true);
  expect(await (await calledBy('12 345')).isDone(['y', 'z'])).toBe(true);
  expect(await progress.isDone(['x'])).toBe(false);
});

test('what a DVC that was killed has left counts for no other', async () => {
  await (await calledBy('12 345')).begin();
  expect(await (await calledBy('12 678')).isDone(['x'])).toBe(false);
  await (await calledBy('12 345')).forget();
  expect(await (await calledBy('12 345')).isDone(['x'])).toBe(false);
});
