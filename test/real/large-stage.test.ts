import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ensureBusyboxImage } from '../rig/busybox-image.ts';
import { makeProject, removeProject, sibling } from '../rig/stage-project.ts';

let root = '';
beforeAll(() => ensureBusyboxImage());
afterAll(() => removeProject(root));

const count = 2_000;
const names = Array.from({ length: count }, (_, at) => `${'x'.repeat(72)}-${at}.txt`);

test('a stage of thousands of deps, outs and params runs, and is told of all its deps', async () => {
  const keys = Array.from({ length: 1_000 }, (_, at) => `key${at}`);
  root = makeProject({
    stages: {
      many: {
        script: 'cp deps/* outs; cp "$SIBLING_CONTEXT_FILE" told.json; cp params.yaml seen.yaml',
        entry: {
          deps: ['stages/many', ...names.map((name) => `deps/${name}`)],
          params: keys,
          outs: [...names.map((name) => `outs/${name}`), 'told.json', 'seen.yaml'],
        },
      },
    },
    files: { 'params.yaml': stringify(Object.fromEntries(keys.map((key, at) => [key, at]))) },
  });
  mkdirSync(join(root, 'deps'));
  for (const [at, name] of names.entries()) writeFileSync(join(root, 'deps', name), `${at}`);
  const { code, stderr } = await sibling(root, ['run']);
  if (code !== 0) throw new Error(stderr);
  expect(readFileSync(join(root, 'outs', names[1_999] ?? ''), 'utf8')).toBe('1999');
  const { deps } = JSON.parse(readFileSync(join(root, 'told.json'), 'utf8'));
  expect(Object.keys(deps)).toHaveLength(count + 1);
  expect(JSON.stringify(deps).length).toBeGreaterThan(131_072); // more than a variable holds
  expect(readFileSync(join(root, 'seen.yaml'), 'utf8')).toMatch(/^key999: 999$/m);
});
