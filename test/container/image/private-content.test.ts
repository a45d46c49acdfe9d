import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readBuildContext } from '../../../src/container/image/build-context.ts';
import { leftOutOf, refusePrivateCopies } from '../../../src/container/image/private-copies.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sibling-private-'));
  write('Dockerfile', 'FROM x\nCOPY . .\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text = ''): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const taken = () => readBuildContext(folder).entries.map(({ path }) => path);

test.each([
  ['variables', '.env', '.env'],
  ['variables of a folder', 'services/api/.env', 'services/api/.env'],
  ['Git’s history', '.git/objects/ab/cd', '.git'],
  ['a submodule’s link to it', 'lib/.git', 'lib/.git'],
  ['DVC’s settings', '.dvc/config.local', '.dvc'],
  ['those of another project', 'other/.dvc/config', 'other/.dvc'],
  ['DVC’s cache', '.dvc/cache/files/md5/ab/cd', '.dvc'],
  ['a cache that cache.dir puts elsewhere', 'store/files/md5/ab/cd', 'store'],
  ['kept logs', '.sibling/runs/1.log', '.sibling'],
  ['a name in capitals', '.ENV', '.ENV'],
])('%s never get into a build context', (_, path, leftOut) => {
  write(path, 'x');
  expect(readBuildContext(folder)).toMatchObject({
    entries: [{ path: 'Dockerfile' }],
    leftOut: [leftOut],
  });
});

test('.dockerignore cannot bring them back, and says itself what nobody needs to hear of', () => {
  write('.env', 'x');
  write('.dockerignore', '*\n!.env\n!Dockerfile\n');
  expect(taken()).toEqual(['Dockerfile']);
  write('.dockerignore', '.env\n');
  expect(readBuildContext(folder).leftOut).toEqual([]);
});

test('what only looks like them is taken', () => {
  const paths = ['.env.example', '.gitignore', 'files/md5/readme', 'x.env', 'y/files/md5.txt'];
  for (const path of paths) write(path);
  expect(taken()).toEqual(['Dockerfile', ...paths].sort());
});

test('the tag does not change with them', () => {
  const before = readBuildContext(folder).hash;
  write('.env', 'x');
  write('.sibling/runs/1.log', 'x');
  expect(readBuildContext(folder).hash).toBe(before);
});

describe('a Dockerfile that copies', () => {
  test.each([
    ['.env', 'FROM x\nCOPY .env /app/.env\n', 2],
    ['it among others', 'FROM x\n\nCOPY train.py ./.env /app/\n', 3],
    ['it with flags', 'FROM x\nCOPY --chown=1:1 --chmod=600 .env /app/\n', 2],
    ['it as a list', 'FROM x\nadd [".env", "/app/"]\n', 2],
    ['it on a later line', 'FROM x\nRUN a\nCOPY \\\n  # settings\n  .env \\\n  /app/\n', 3],
    ['a file of Git', 'FROM x\nCOPY .git/HEAD /app/\n', 2],
  ])('%s is refused at its line', (_, text, line) => {
    write('Dockerfile', text);
    expect(() => refusePrivateCopies(folder, 'Dockerfile', ['.env', '.git'])).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          kind: 'configuration',
          cause: expect.stringMatching(/copies \.(?:env|git), which never gets into an image/),
          place: expect.objectContaining({ line }),
        }),
      }),
    );
  });

  test.each([
    ['everything', 'FROM x\nCOPY . .\n'],
    ['it from another stage', 'FROM x AS y\nFROM x\nCOPY --from=y .env /app/\n'],
    ['another file of a like name', 'FROM x\nCOPY .env.example /app/.env\n'],
    ['nothing, and only speaks of it', 'FROM x\nRUN echo COPY .env /app\n# COPY .env /app\n'],
  ])('%s is built', (_, text) => {
    write('Dockerfile', text);
    refusePrivateCopies(folder, 'Dockerfile', ['.env', '.git']);
  });
});

test('what is left out is said, however much it is', () => {
  expect(leftOutOf(['.env', '.git'])).toBe('Left out of the image, as of every image: .env, .git');
  const many = Array.from({ length: 7 }, (_, index) => `s${index}/.env`);
  expect(leftOutOf(many)).toMatch(/s4\/\.env and 2 more$/);
});
