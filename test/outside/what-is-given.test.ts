import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findOutside } from '../../src/outside/find/find-outside.ts';
import { whyClosed } from '../../src/outside/what-is-given.ts';
import type { Project } from '../../src/project/project.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sibling-given-')));
const [root, home] = [join(folder, 'home/ada/project'), join(folder, 'home/ada')];
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

beforeAll(() => {
  write(join(root, '.env'), 'PASSWORD: canary\n');
  write(join(root, '.dvc/private.yaml'), 'k: v\n');
  write(join(root, '.dvc/config'), '');
  write(join(home, '.aws/credentials.yaml'), 'k: v\n');
  write(join(root, 'conf/plain.yaml'), 'k: v\n');
  mkdirSync(join(root, 'data'));
  symlinkSync('../.env', join(root, 'data/inner'));
  symlinkSync('.env', join(root, 'env.yaml'));
  symlinkSync('.dvc/private.yaml', join(root, 'private.yaml'));
  symlinkSync('../.aws/credentials.yaml', join(root, 'keys.yaml'));
  symlinkSync('conf/plain.yaml', join(root, 'plain.yaml'));
});

const refusals = (stage: string): string[] => {
  write(join(root, 'dvc.yaml'), `stages:\n  a:\n    cmd: sibling stage a\n${stage}`);
  const project = { id: 'given', root, user: { uid: 0, gid: 0 }, folders: [root] } as Project;
  const seen = [{ source: root, target: root, kind: 'directory', readOnly: false } as const];
  const env = { HOME: home };
  const found = findOutside(project, join(root, '.dvc/cache'), seen, env);
  return found.refusals.map(({ failure }) => failure.failure.cause);
};

const places: readonly (readonly [string, RegExp])[] = [
  ['env.yaml', /a part of \.env/],
  ['private.yaml', /a part of \.dvc/],
  ['keys.yaml', /a place of credentials/],
];
const ways: readonly (readonly [string, (path: string) => string])[] = [
  ['depends on', (path) => `    deps: [${path}]\n`],
  ['has params in', (path) => `    params: [{${path}: }]\n`],
  ['has params in', (path) => `    params: [{${path}: [k]}]\n`],
  ['has vars in', (path) => `    vars: [${path}]\n`],
];
const table = ways.flatMap(([words, text]) =>
  [...places, ['plain.yaml', undefined] as const].map(
    ([path, why]) => [words, text(path).trim(), path, why] as const,
  ),
);

test.each(table)('who %s, by %s, may read %s: %s', (words, stage, path, why) => {
  const found = refusals(`    ${stage}\n`);
  if (why === undefined) expect(found).toEqual([]);
  else expect(found).toEqual([expect.stringMatching(why)]);
  if (why !== undefined) expect(found[0]).toContain(`stage a ${words} ${path}, which is `);
});

test('a link in a folder is judged as one that is named', () => {
  const found = refusals('    deps: [data]\n');
  expect(found).toEqual([expect.stringMatching(/depends on data\/inner, which is .*of \.env/)]);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot.each<[string, number, number, boolean]>([
  ['of the owner', 4321, 0o600, false],
  ['of root', 0, 0o600, true],
  ['of root, for all', 0, 0o644, false],
  ['of the group', 0, 0o640, true],
])('root copies for another user what that one can open: %s', (_, uid, mode, isClosed) => {
  const open = join(folder, 'srv/file');
  write(open, 'k: v\n');
  chmodSync(folder, 0o755);
  chownSync(open, uid, 0);
  chmodSync(open, mode);
  const closed = (path: string) => whyClosed({ uid: 4321, gid: 4321 }, root, path) !== undefined;
  expect(closed(open)).toBe(isClosed);
  chmodSync(dirname(open), 0o700);
  expect(closed(open)).toBe(true);
  chmodSync(dirname(open), 0o755);
});
