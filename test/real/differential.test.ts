import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Contents } from '../../src/dvc/content.ts';
import { DvcIgnore } from '../../src/dvc/dvc-ignore.ts';
import { HashCache } from '../../src/dvc/hash-cache.ts';
import { preparePython } from '../../src/dvc/python-values.ts';
import { compareDescription, compareStatus } from '../rig/differential/compare.ts';
import { Dvc } from '../rig/differential/dvc.ts';
import { exampleProjects } from '../rig/differential/example-projects.ts';
import { runDifferential } from '../rig/differential/run.ts';

let dvc: Dvc;
const folder = mkdtempSync(join(tmpdir(), 'sibling-real-dvc-'));

beforeAll(async () => {
  dvc = new Dvc();
  await preparePython();
});

afterAll(() => {
  dvc.end();
  rmSync(folder, { recursive: true, force: true });
});

function project(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test.each(exampleProjects)(
  '$name reads and judges as DVC does',
  async ({ name, files }) => {
    const root = project(name, files);
    await dvc.demand('init', { root });
    expect(await compareDescription(dvc, root)).toEqual([]);
    const { disagreements, handedOver, agreed } = await compareStatus(dvc, root, join(folder, 'h'));
    expect(disagreements).toEqual([]);
    expect(handedOver).toEqual([]);
    expect(agreed).toBeGreaterThan(0);
  },
  60_000,
);

test('random projects and edits: never another verdict than DVC', async () => {
  const result = await runDifferential({ dvc, seed: 0, count: 40, editsPerProject: 10 });
  expect(result.disagreements).toEqual([]);
  expect(result.agreed).toBeGreaterThan(50);
}, 400_000);

test('the hash of a folder of odd names is that of DVC', async () => {
  const names = [
    ...[
      'with space',
      `it's`,
      'say "hi"',
      'café',
      '😀',
      'ﬀ',
      '#x',
      '-d',
      'a%b',
      'tab\there',
      'é/ü/ñ',
    ],
    ...[
      `${'deep/'.repeat(60)}file`,
      'UPPER',
      'upper',
      'a-b',
      'a/b',
      'a.b',
      '\u007f',
      'back\\slash',
    ],
  ];
  const files = Object.fromEntries(names.map((name) => [`data/${name}`, name.repeat(3)]));
  const root = project('odd names', { ...files, 'data/empty': '' });
  await dvc.demand('init', { root });
  const contents = new Contents(root, new DvcIgnore(root), new HashCache(join(folder, 'h2')));
  contents.want('data', 'md5');
  await contents.compute();
  const hash = await dvc.demand<string>('hash', { root, path: 'data' });
  expect(contents.contentOf('data', 'md5')).toEqual({ state: 'present', hash });
});
