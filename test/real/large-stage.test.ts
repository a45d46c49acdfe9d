import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

const roots: string[] = [];
beforeAll(() => ensureBusyboxImage());
afterAll(() => {
  for (const root of roots) removeProject(root);
});

/** A stage that copies its deps, named so, to its outs, and what it was told. */
function copying(names: readonly string[], params: number): string {
  const keys = Array.from({ length: params }, (_, at) => `key${at}`);
  const root = makeProject({
    stages: {
      many: {
        script: 'cp -r deps/* outs; cp "$SIBLING_CONTEXT_FILE" told.json; cp params.yaml seen.yaml',
        entry: {
          deps: ['stages/many', ...names.map((name) => `deps/${name}`)],
          params: keys,
          outs: [...names.map((name) => `outs/${name}`), 'told.json', 'seen.yaml'],
        },
      },
    },
    files: {
      'params.yaml': stringify(Object.fromEntries(keys.map((key, at) => [key, at]))),
      ...Object.fromEntries(names.map((name, at) => [`deps/${name}`, `${at}`])),
    },
  });
  roots.push(root);
  return root;
}

function depsTold(root: string): Record<string, string> {
  return JSON.parse(readFileSync(join(root, 'told.json'), 'utf8')).deps;
}

test('a stage of 2,000 deps, 2,000 outs and 1,000 params', async () => {
  const names = Array.from({ length: 2_000 }, (_, at) => `${'x'.repeat(72)}-${at}.txt`);
  const root = copying(names, 1_000);
  // By itself: DVC alone takes minutes for so many.
  const { code, stderr } = await sibling(root, ['stage', 'many']);
  if (code !== 0) throw new Error(stderr);
  expect(readFileSync(join(root, 'outs', names[1_999] ?? ''), 'utf8')).toBe('1999');
  expect(Object.keys(depsTold(root))).toHaveLength(2_001);
  expect(readFileSync(join(root, 'seen.yaml'), 'utf8')).toMatch(/^key999: 999$/m);
});

test('a run whose deps have more text than a variable or an argument may have', async () => {
  const deep = Array.from({ length: 10 }, () => 'd'.repeat(200)).join('/');
  const names = Array.from({ length: 80 }, (_, at) => `${deep}/${at}.txt`);
  const root = copying(names, 10);
  const { code, stderr } = await sibling(root, ['run']);
  if (code !== 0) throw new Error(stderr);
  expect(JSON.stringify(depsTold(root)).length).toBeGreaterThan(131_072);
});
